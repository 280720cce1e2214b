/* SPDX-License-Identifier: MIT */
/* What the host seam for one processor asks from the host that stands on it. */
#ifndef ONE_PROCESSOR_H
#define ONE_PROCESSOR_H

#include <cairn/base/language.h>

/* Ends everything, after a panic with status 1. */
CAIRN_NORETURN void one_processor_exit(int status);

#endif

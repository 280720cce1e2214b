/* SPDX-License-Identifier: MIT */
#ifndef CAIRN_QUICK_FIT_REPORT_H
#define CAIRN_QUICK_FIT_REPORT_H

#include <cairn/quick_fit.h>

/* Panics, and says what is wrong with the block that was given. Cost: a walk over the heap. */
CAIRN_NORETURN void cairn_quick_fit_report_invalid(const struct cairn_quick_fit *self,
                                                   const void *block, struct cairn_layout layout,
                                                   const char *operation);

#endif

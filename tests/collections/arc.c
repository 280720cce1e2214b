/* SPDX-License-Identifier: MIT */
/* Arc in one thread: it does what rc does. Many threads are in tests/threads/arc.c. */
#define SHARED_VALUE <cairn/arc.t.h>
#define MOST_HANDLES (CAIRN_ARC_MOST + 1)
#include "rc.c"

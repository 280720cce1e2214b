/* SPDX-License-Identifier: MIT */
/* Arc slices in one thread: they do what rc slices do. Many threads are in tests/threads/arc.c. */
#define SHARED_SLICE <cairn/arc_slice.t.h>
#include "rc_slice.c"

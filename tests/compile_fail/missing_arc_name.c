/* SPDX-License-Identifier: MIT */
/* An arc type without a name. */
// expect alone: <cairn/arc.t.h> needs the name of the type that it makes, as in: #define T arc_config
#ifdef CORRECT
#define T arc_int
#endif
#define ITEM int
#include <cairn/arc.t.h>

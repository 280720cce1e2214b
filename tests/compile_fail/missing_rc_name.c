/* SPDX-License-Identifier: MIT */
/* An rc type without a name. */
// expect alone: <cairn/rc.t.h> needs the name of the type that it makes, as in: #define T rc_file
#ifdef CORRECT
#define T rc_int
#endif
#define ITEM int
#include <cairn/rc.t.h>

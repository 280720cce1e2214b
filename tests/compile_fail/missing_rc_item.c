/* SPDX-License-Identifier: MIT */
/* An rc type without a type of its value. */
// expect alone: <cairn/rc.t.h> needs the type of the value, as in: #define ITEM struct file
#define T rc_int
#ifdef CORRECT
#define ITEM int
#endif
#include <cairn/rc.t.h>

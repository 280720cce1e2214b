/* SPDX-License-Identifier: MIT */
/* A box type without a name. */
// expect alone: <cairn/box.t.h> needs the name of the type that it makes, as in: #define T box_job
#ifdef CORRECT
#define T box_int
#endif
#define ITEM int
#include <cairn/box.t.h>

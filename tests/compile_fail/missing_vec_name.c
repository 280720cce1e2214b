/* SPDX-License-Identifier: MIT */
/* A vec type without a name. */
// expect alone: <cairn/vec.t.h> needs the name of the type that it makes, as in: #define T vec_job
#ifdef CORRECT
#define T vec_int
#endif
#define ITEM int
#include <cairn/vec.t.h>

/* SPDX-License-Identifier: MIT */
/* A panic whose arguments do not fit its format. */
// expect: format.*'?(%s|char \*)
#include <cairn/base/check.h>

void fail(int status);

void fail(int status)
{
#ifdef CORRECT
    cairn_panic("it failed with status %d", status);
#else
    cairn_panic("it failed with status %s", status);
#endif
}

/* SPDX-License-Identifier: MIT */
/* A check whose message lacks an argument. */
// expect: (expects a matching 'size_t' argument|more '%' conversions than data arguments)
#include <stddef.h>

#include <cairn/base/check.h>

void fail(size_t size, size_t limit);

void fail(size_t size, size_t limit)
{
#ifdef CORRECT
    cairn_check(size < limit, "%zu bytes are more than %zu", size, limit);
#else
    cairn_check(size < limit, "%zu bytes are more than %zu", size);
#endif
}

/* SPDX-License-Identifier: MIT */
#include <cairn/dummy.h>

static void *dummy_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self, (void)layout;
    return NULL;
}

static void dummy_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self, (void)block, (void)layout;
    cairn_panic("dealloc should be never called");
}

const struct cairn_allocator_operations cairn_dummy_operations = {
    .name = "dummy",
    .alloc = dummy_alloc,
    .dealloc = dummy_dealloc,
};

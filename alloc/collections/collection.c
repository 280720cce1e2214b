/* SPDX-License-Identifier: MIT */
#include <cairn/collection.h>

#ifdef CAIRN_ONLY_FALLIBLE

void cairn_collection_give_up_if_infallible(struct cairn_layout layout,
                                            enum cairn_fallibility fallibility)
{
    (void)layout, (void)fallibility;
}

#else

void cairn_collection_give_up_if_infallible(struct cairn_layout layout,
                                            enum cairn_fallibility fallibility)
{
    if (fallibility == CAIRN_INFALLIBLE)
        cairn_handle_allocation_error(layout);
}

#endif

enum cairn_collection_error cairn_collection_clone_failed(enum cairn_collection_error error,
                                                          struct cairn_layout item,
                                                          enum cairn_fallibility fallibility)
{
    if (error == CAIRN_COLLECTION_TOO_LARGE)
        item.size = CAIRN_CAPACITY_OVERFLOW;
    return cairn_collection_failed(item, fallibility);
}

void cairn_index_out_of_bounds(const char *function, size_t index, size_t length)
{
    cairn_panic("%s: index out of bounds: the length is %zu but the index is %zu", function, length,
                index);
}

void cairn_changed_while_iterating(const char *function)
{
    cairn_panic("%s: the collection was changed while an iterator was on its way through it; "
                "erase through the iterator, or begin again",
                function);
}

/* SPDX-License-Identifier: MIT */
/* Dropping and cloning items in a row, for the templates of what owns some. No guard. */

#ifdef ITEM_DROP

CAIRN_TEMPLATE void T_(drop_items_)(ITEM *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ITEM_DROP(&items[i]);
}

#else

CAIRN_TEMPLATE void T_(drop_items_)(ITEM *items, size_t count)
{
    (void)items, (void)count;
}

#endif

#ifdef ITEMS_ARE_CLONABLE

#ifdef ITEMS_ARE_PLAIN

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_items_)(ITEM *to, ITEM const *from,
                                                            size_t count,
                                                            enum cairn_fallibility fallibility)
{
    (void)fallibility;
    cairn_collection_copy(to, from, count * sizeof(ITEM));
    return CAIRN_COLLECTION_OK;
}

#else

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_items_)(ITEM *to, ITEM const *from,
                                                            size_t count,
                                                            enum cairn_fallibility fallibility)
{
    for (size_t i = 0; i < count; i++) {
        enum cairn_collection_error error = TRY_CLONE_ITEM(&to[i], &from[i]);
        if (!error)
            continue;
        T_(drop_items_)(to, i);
        return cairn_collection_clone_failed(error, ITEM_LAYOUT, fallibility);
    }
    return CAIRN_COLLECTION_OK;
}

#endif

/* Clones of one item. */
CAIRN_TEMPLATE enum cairn_collection_error T_(fill_)(ITEM *to, ITEM const *item, size_t count,
                                                     enum cairn_fallibility fallibility)
{
    for (size_t i = 0; i < count; i++) {
        enum cairn_collection_error error = T_(clone_items_)(&to[i], item, 1, fallibility);
        if (!error)
            continue;
        T_(drop_items_)(to, i);
        return error;
    }
    return CAIRN_COLLECTION_OK;
}

#endif

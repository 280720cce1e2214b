/* SPDX-License-Identifier: MIT */
/*
 * The handles of what has many owners: what rc and arc, and the shared slices and texts of both,
 * have in common. Included by <cairn/template_shared_value.h> and <cairn/template_shared_slice.h>,
 * once by each of their includes: it has no guard.
 *
 * Needs: COUNTS(name), which is cairn_rc_##name or cairn_arc_##name; the types T and T_WEAK, both
 * zero where they are empty; and of each T, by
 *     T T_(of_weak_)(T_WEAK)                   the same as a handle that owns
 *     T_WEAK T_(weak_of_)(T)
 *     struct COUNTS(counts) *T_(counts_)(T)    where the counts are; null for an empty handle
 *     struct cairn_layout T_(block_layout_)(T) of the block that begins with them
 *     void T_(drop_value_)(T)
 */

/* Looking at the counts. */

CAIRN_TEMPLATE size_t T_(strong_count)(T const *self)
{
    struct COUNTS(counts) *counts = T_(counts_)(*self);
    return counts ? COUNTS(strong_count)(counts) : 0;
}

CAIRN_TEMPLATE size_t T_(weak_count)(T const *self)
{
    struct COUNTS(counts) *counts = T_(counts_)(*self);
    return counts ? COUNTS(weak_count)(counts) : 0;
}

CAIRN_TEMPLATE bool T_(ptr_eq)(T const *self, T const *other)
{
    return T_(counts_)(*self) == T_(counts_)(*other);
}

CAIRN_TEMPLATE bool T_(is_unique_)(T const *self)
{
    struct COUNTS(counts) *counts = T_(counts_)(*self);
    return counts && COUNTS(is_unique)(counts);
}

/* Owners. */

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(clone)(T const *self)
{
    struct COUNTS(counts) *counts = T_(counts_)(*self);
    if (counts)
        COUNTS(retain)(counts);
    return *self;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_clone)(T *self, T const *from)
{
    *self = T_(clone)(from);
    return CAIRN_COLLECTION_OK;
}

/* The value is gone: so is what its owners held of the block. */
CAIRN_TEMPLATE void T_(release_block_)(T gone)
{
    COUNTS(release_weak)(T_(counts_)(gone), T_(block_layout_)(gone));
}

CAIRN_TEMPLATE void T_(drop)(T *self)
{
    T gone = *self;
    struct COUNTS(counts) *counts = T_(counts_)(gone);
    *self = CAIRN_ZERO(T);
    if (!counts || !COUNTS(release)(counts))
        return;
    T_(drop_value_)(gone);
    T_(release_block_)(gone);
}

/* Weak handles. */

CAIRN_MUST_USE CAIRN_TEMPLATE T_WEAK T_(downgrade)(T const *self)
{
    struct COUNTS(counts) *counts = T_(counts_)(*self);
    if (counts)
        COUNTS(downgrade)(counts);
    return T_(weak_of_)(*self);
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(weak_upgrade)(T_WEAK const *self, T *strong)
{
    T found = T_(of_weak_)(*self);
    struct COUNTS(counts) *counts = T_(counts_)(found);
    bool is_alive = counts && COUNTS(upgrade)(counts);
    *strong = CAIRN_ZERO(T);
    if (is_alive)
        *strong = found;
    return is_alive;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T_WEAK T_(weak_clone)(T_WEAK const *self)
{
    struct COUNTS(counts) *counts = T_(counts_)(T_(of_weak_)(*self));
    if (counts)
        COUNTS(retain_weak)(counts);
    return *self;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(weak_try_clone)(T_WEAK *self,
                                                                             T_WEAK const *from)
{
    *self = T_(weak_clone)(from);
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE void T_(weak_drop)(T_WEAK *self)
{
    T gone = T_(of_weak_)(*self);
    *self = CAIRN_ZERO(T_WEAK);
    if (T_(counts_)(gone))
        T_(release_block_)(gone);
}

CAIRN_TEMPLATE size_t T_(weak_strong_count)(T_WEAK const *self)
{
    T found = T_(of_weak_)(*self);
    return T_(strong_count)(&found);
}

CAIRN_TEMPLATE size_t T_(weak_weak_count)(T_WEAK const *self)
{
    T found = T_(of_weak_)(*self);
    return T_(weak_count)(&found);
}

CAIRN_TEMPLATE bool T_(weak_ptr_eq)(T_WEAK const *self, T_WEAK const *other)
{
    return T_(counts_)(T_(of_weak_)(*self)) == T_(counts_)(T_(of_weak_)(*other));
}

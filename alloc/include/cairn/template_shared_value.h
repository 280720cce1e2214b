/* SPDX-License-Identifier: MIT */
/*
 * The functions of rc and arc, which differ in nothing but how they count. Included by these alone,
 * once by each of their includes: it has no guard. COUNTS(name) is cairn_rc_##name or cairn_arc_##name.
 */
#define T_WEAK         T_(weak)
#define T_BLOCK        T_(block)
#define T_BLOCK_LAYOUT CAIRN_LAYOUT_OF(struct T_BLOCK)

#ifndef ONLY_FUNCTIONS

/* Invariant: null, or a block whose strong count counts this handle. */
typedef struct T {
    struct T_BLOCK *block;
} T;

/* Invariant: null, or a block whose weak count counts this handle. */
typedef struct T_WEAK {
    struct T_BLOCK *block;
} T_WEAK;

#endif
#ifndef ONLY_TYPES

struct T_BLOCK {
    struct COUNTS(counts) counts;
    ITEM value; /* alive while the strong count is not 0 */
};

/* What the handles are made of, for <cairn/template_shared.h>. */

CAIRN_TEMPLATE T T_(of_block_)(struct T_BLOCK *block)
{
    T made = {block};
    return made;
}

CAIRN_TEMPLATE T T_(of_weak_)(T_WEAK weak)
{
    return T_(of_block_)(weak.block);
}

CAIRN_TEMPLATE T_WEAK T_(weak_of_)(T strong)
{
    T_WEAK made = {strong.block};
    return made;
}

CAIRN_TEMPLATE struct COUNTS(counts) * T_(counts_)(T self)
{
    return self.block ? &self.block->counts : NULL;
}

CAIRN_TEMPLATE struct cairn_layout T_(block_layout_)(T self)
{
    (void)self;
    return T_BLOCK_LAYOUT;
}

CAIRN_TEMPLATE void T_(drop_value_)(T self)
{
    DROP_ITEM(&self.block->value);
}

#include <cairn/template_shared.h>

/* Reading. */

CAIRN_TEMPLATE ITEM *T_(get_mut_unchecked)(T const *self)
{
    return self->block ? &self->block->value : NULL;
}

CAIRN_TEMPLATE ITEM const *T_(value)(T const *self)
{
    return T_(get_mut_unchecked)(self);
}

CAIRN_TEMPLATE ITEM *T_(get_mut)(T const *self)
{
    return T_(is_unique_)(self) ? &self->block->value : NULL;
}

CAIRN_TEMPLATE ITEM const *T_(into_raw)(T *self)
{
    ITEM const *value = T_(value)(self);
    *self = CAIRN_ZERO(T);
    return value;
}

CAIRN_TEMPLATE T T_(from_raw)(ITEM const *value)
{
    size_t before = __builtin_offsetof(struct T_BLOCK, value);
    return T_(of_block_)(value ? (struct T_BLOCK *)((uintptr_t)value - before) : NULL);
}

/* Making. */

/* A block whose value is still to be filled in; null if memory runs out. */
CAIRN_TEMPLATE struct T_BLOCK *T_(allocate_)(struct cairn_allocator *allocator, size_t owners,
                                             enum cairn_fallibility fallibility)
{
    struct T_BLOCK *block =
        (struct T_BLOCK *)cairn_collection_alloc(allocator, T_BLOCK_LAYOUT, fallibility);
    if (block)
        COUNTS(init)(&block->counts, allocator, owners);
    return block;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(make_)(T *self, struct cairn_allocator *allocator,
                                                     ITEM item, enum cairn_fallibility fallibility)
{
    *self = T_(of_block_)(T_(allocate_)(allocator, 1, fallibility));
    if (!self->block) {
        DROP_ITEM(&item);
        return CAIRN_COLLECTION_NO_MEMORY;
    }
    PUT_ITEM(&self->block->value, &item);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_new_in)(
    T *self, struct cairn_allocator *allocator, ITEM item)
{
    return T_(make_)(self, allocator, item, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_new)(T *self, ITEM item)
{
    return T_(make_)(self, NULL, item, CAIRN_FALLIBLE);
}

/* While make() runs, the weak handle that it gets is that of the owners to come. */
CAIRN_TEMPLATE enum cairn_collection_error T_(make_cyclic_)(
    T *self, struct cairn_allocator *allocator,
    enum cairn_collection_error (*make)(ITEM *item, T_WEAK const *self, void *context),
    void *context, enum cairn_fallibility fallibility)
{
    struct T_BLOCK *block = T_(allocate_)(allocator, 0, fallibility);
    T_WEAK weak = {block};
    *self = CAIRN_ZERO(T);
    if (!block)
        return CAIRN_COLLECTION_NO_MEMORY;
    enum cairn_collection_error error = make(&block->value, &weak, context);
    if (error) {
        T_(weak_drop)(&weak);
        return cairn_collection_clone_failed(error, ITEM_LAYOUT, fallibility);
    }
    COUNTS(publish)(&block->counts);
    self->block = block;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_new_cyclic_in)(
    T *self, struct cairn_allocator *allocator,
    enum cairn_collection_error (*make)(ITEM *item, T_WEAK const *self, void *context),
    void *context)
{
    return T_(make_cyclic_)(self, allocator, make, context, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_new_cyclic)(
    T *self, enum cairn_collection_error (*make)(ITEM *item, T_WEAK const *self, void *context),
    void *context)
{
    return T_(make_cyclic_)(self, NULL, make, context, CAIRN_FALLIBLE);
}

/* Moving the value out. */

/* Needs: the value has no owner any more. */
CAIRN_TEMPLATE void T_(move_out_)(struct T_BLOCK *block, ITEM *item)
{
    *item = block->value;
    T_(release_block_)(T_(of_block_)(block));
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(try_unwrap)(T *self, ITEM *item)
{
    struct T_BLOCK *block = self->block;
    if (!block || !COUNTS(claim)(&block->counts))
        return false;
    *self = CAIRN_ZERO(T);
    T_(move_out_)(block, item);
    return true;
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(into_inner)(T *self, ITEM *item)
{
    struct T_BLOCK *block = self->block;
    *self = CAIRN_ZERO(T);
    if (!block || !COUNTS(release)(&block->counts))
        return false;
    T_(move_out_)(block, item);
    return true;
}

#ifdef ITEMS_ARE_CLONABLE

CAIRN_TEMPLATE void T_(check_not_empty_)(T const *self, char const *function)
{
    cairn_check(self->block, "%s: the handle is empty; it was moved out of or dropped before",
                function);
}

/* The value is moved away from weak handles if there is no other owner, and else cloned. */
CAIRN_TEMPLATE enum cairn_collection_error T_(leave_others_)(T *self,
                                                             enum cairn_fallibility fallibility)
{
    if (T_(is_unique_)(self))
        return CAIRN_COLLECTION_OK;
    struct T_BLOCK *block = T_(allocate_)(self->block->counts.allocator, 1, fallibility);
    if (!block)
        return CAIRN_COLLECTION_NO_MEMORY;
    if (!T_(try_unwrap)(self, &block->value)) {
        enum cairn_collection_error error = TRY_CLONE_ITEM(&block->value, &self->block->value);
        if (error) {
            T_(release_block_)(T_(of_block_)(block));
            return cairn_collection_clone_failed(error, ITEM_LAYOUT, fallibility);
        }
        T_(drop)(self);
    }
    self->block = block;
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(make_mut_)(T *self, ITEM **value,
                                                         enum cairn_fallibility fallibility)
{
    T_(check_not_empty_)(self, __func__);
    enum cairn_collection_error error = T_(leave_others_)(self, fallibility);
    *value = error ? NULL : &self->block->value;
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_make_mut)(T *self, ITEM **value)
{
    return T_(make_mut_)(self, value, CAIRN_FALLIBLE);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(unwrap_or_clone_)(T *self, ITEM *item,
                                                                enum cairn_fallibility fallibility)
{
    T_(check_not_empty_)(self, __func__);
    if (T_(try_unwrap)(self, item))
        return CAIRN_COLLECTION_OK;
    enum cairn_collection_error error = TRY_CLONE_ITEM(item, &self->block->value);
    if (error)
        return cairn_collection_clone_failed(error, ITEM_LAYOUT, fallibility);
    T_(drop)(self);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_unwrap_or_clone)(T *self,
                                                                                  ITEM *item)
{
    return T_(unwrap_or_clone_)(self, item, CAIRN_FALLIBLE);
}

#endif

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(new_in)(struct cairn_allocator *allocator, ITEM item)
{
    T made;
    (void)T_(make_)(&made, allocator, item, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(new)(ITEM item)
{
    return T_(new_in)(NULL, item);
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(new_cyclic_in)(
    struct cairn_allocator *allocator,
    enum cairn_collection_error (*make)(ITEM *item, T_WEAK const *self, void *context),
    void *context)
{
    T made;
    (void)T_(make_cyclic_)(&made, allocator, make, context, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T
T_(new_cyclic)(enum cairn_collection_error (*make)(ITEM *item, T_WEAK const *self, void *context),
               void *context)
{
    return T_(new_cyclic_in)(NULL, make, context);
}

#ifdef ITEMS_ARE_CLONABLE

CAIRN_MUST_USE CAIRN_TEMPLATE ITEM *T_(make_mut)(T *self)
{
    ITEM *value;
    (void)T_(make_mut_)(self, &value, CAIRN_INFALLIBLE);
    return value;
}

ITEM_MUST_USE CAIRN_TEMPLATE ITEM T_(unwrap_or_clone)(T *self)
{
    ITEM item;
    (void)T_(unwrap_or_clone_)(self, &item, CAIRN_INFALLIBLE);
    return item;
}

#endif
#endif
#endif

#undef T_WEAK
#undef T_BLOCK
#undef T_BLOCK_LAYOUT
#undef COUNTS

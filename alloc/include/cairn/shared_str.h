/* SPDX-License-Identifier: MIT */
/*
 * Shared text: rc_str and arc_str, with many owners in one thread or in many. Rust's Rc<str> and
 * Arc<str>.
 *
 *     owned(cairn_rc_str) name = cairn_rc_str_from(CAIRN_STR("stone"));
 *     owned(cairn_rc_str) also = cairn_rc_str_clone(&name);     the same bytes, a second owner
 *     if (cairn_str_equal(cairn_rc_str_as_str(&also), CAIRN_STR("stone")))
 *         found++;
 *
 * They are shared slices of bytes, one block with its counts, and have the functions that
 * <cairn/rc_slice.t.h> lists: clone, drop, downgrade, get_mut and so on. In the names below rc may be
 * arc; F: calls the allocation-error handler, and has a try_ form, which returns an error.
 *
 *   cairn_rc_str_from(text)                F   the first owner of a copy
 *   cairn_rc_str_from_in(allocator, text)  F
 *   cairn_rc_str_as_str(&self)                 the view
 *
 * Needs: what is made of items, and what is written through get_mut and make_mut, stays UTF-8.
 */
#ifndef CAIRN_SHARED_STR_H
#define CAIRN_SHARED_STR_H

#include <cairn/str.h>

#define T    cairn_rc_str
#define ITEM char
#include <cairn/rc_slice.t.h>

#define T    cairn_arc_str
#define ITEM char
#include <cairn/arc_slice.t.h>

CAIRN_C_BEGIN

static inline cairn_str cairn_rc_str_as_str(const cairn_rc_str *self)
{
    return CAIRN_LITERAL(cairn_str){self->items, self->length};
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_rc_str_try_from_in(
    cairn_rc_str *self, struct cairn_allocator *allocator, cairn_str text)
{
    return cairn_rc_str_try_from_items_in(self, allocator, text.bytes, text.length);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_rc_str_try_from(cairn_rc_str *self,
                                                                               cairn_str text)
{
    return cairn_rc_str_try_from_items(self, text.bytes, text.length);
}

static inline cairn_str cairn_arc_str_as_str(const cairn_arc_str *self)
{
    return CAIRN_LITERAL(cairn_str){self->items, self->length};
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_arc_str_try_from_in(
    cairn_arc_str *self, struct cairn_allocator *allocator, cairn_str text)
{
    return cairn_arc_str_try_from_items_in(self, allocator, text.bytes, text.length);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_arc_str_try_from(cairn_arc_str *self,
                                                                                cairn_str text)
{
    return cairn_arc_str_try_from_items(self, text.bytes, text.length);
}

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_MUST_USE static inline cairn_rc_str cairn_rc_str_from_in(struct cairn_allocator *allocator,
                                                               cairn_str text)
{
    return cairn_rc_str_from_items_in(allocator, text.bytes, text.length);
}

CAIRN_MUST_USE static inline cairn_rc_str cairn_rc_str_from(cairn_str text)
{
    return cairn_rc_str_from_items(text.bytes, text.length);
}

CAIRN_MUST_USE static inline cairn_arc_str cairn_arc_str_from_in(struct cairn_allocator *allocator,
                                                                 cairn_str text)
{
    return cairn_arc_str_from_items_in(allocator, text.bytes, text.length);
}

CAIRN_MUST_USE static inline cairn_arc_str cairn_arc_str_from(cairn_str text)
{
    return cairn_arc_str_from_items(text.bytes, text.length);
}

#endif

CAIRN_C_END

#endif

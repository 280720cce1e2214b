/* SPDX-License-Identifier: MIT */
/* Magazines that no slot has: made, exchanged, emptied, given up. */
#ifndef CAIRN_MAGAZINES_DEPOT_H
#define CAIRN_MAGAZINES_DEPOT_H

#include "magazine.h"

/*
 * Gives an empty magazine, the first of a rack or one more; null if the budget for these or the memory
 * is used up.
 */
struct cairn_magazine *cairn_magazines_make(struct cairn_magazines *self, size_t size_class,
                                            bool is_first);

/*
 * Takes a magazine of this kind out of the depot, if there is one, and only then leaves another of
 * the other kind, which may be null.
 */
struct cairn_magazine *cairn_magazines_exchange(struct cairn_magazine_depot *depot,
                                                enum cairn_magazine_kind kind,
                                                struct cairn_magazine *for_it);

/* Leaves a full magazine there, which may be null. */
void cairn_magazines_leave_full(struct cairn_magazine_depot *depot,
                                struct cairn_magazine *magazine);

/* Gives blocks back to the inner allocator until `keep` are left; returns their bytes. */
size_t cairn_magazines_drain(struct cairn_magazines *self, size_t size_class,
                             struct cairn_magazine *magazine, uint32_t keep);

/*
 * Gives a magazine, which may be null, up with its blocks; returns their bytes, its own included.
 *
 * Needs: the slots are closed. So a handler that looks at what is cached, in the middle of an
 *        operation, never sees a magazine vanish.
 */
size_t cairn_magazines_end(struct cairn_magazines *self, size_t size_class,
                           struct cairn_magazine *magazine);

#endif

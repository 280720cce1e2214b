/* SPDX-License-Identifier: MIT */
/*
 * Rc slice: items in a row with many owners, dropped when the last of them goes.
 *
 *     #define T         rc_jobs
 *     #define ITEM      struct job
 *     #define ITEM_DROP job_drop                         optional; also ITEM_CLONE
 *     #include <cairn/rc_slice.t.h>
 *
 *     owned(rc_jobs) jobs = rc_jobs_from_moved(queue.items, queue.length);
 *     queue.length = 0;                                  they are the slice's now
 *     owned(rc_jobs) also = rc_jobs_clone(&jobs);     the same items, a second owner
 *     for (size_t i = 0; i < also.length; i++)
 *         run(&also.items[i]);
 *
 * A handle is an address and a length, two words, to be read: names.items[i], names.length. The counts
 * and the items are one block, which stays until the weak handles are gone too. The rules of
 * <cairn/collection.h> hold; below are the functions, with T standing for the type's name. F: calls the
 * allocation-error handler when memory runs out, and has a try_ form, which returns an error. C: only
 * where items can be cloned.
 *
 *   T    T_from_items(items, count)      FC clones of the items; also from_items_in(allocator, ...)
 *   T    T_from_moved(items, count)      F  the items themselves, which are no longer where they were;
 *                                           also from_moved_in(allocator, ...). After a failure they
 *                                           still are
 *   T    T_clone(&self)                     one owner more; an empty handle gives an empty one
 *   void T_drop(&self)                      one owner fewer; the last drops the items, first to last
 *   const ITEM *T_at(&self, index)          panics unless the index is inside
 *   const ITEM *T_get(&self, index)         null if the index is outside
 *   ITEM *T_get_mut(&self)                  the items, if no other handle is there; else null
 *   ITEM *T_make_mut(&self)              FC the items, made this handle's own: moved away from weak
 *          try_make_mut(&self, &pointer)    handles, cloned away from other owners
 *   bool T_ptr_eq(&self, &other)            whether both own the same block
 *   size_t T_strong_count(&self)            owners;       0 for an empty handle
 *   size_t T_weak_count(&self)              weak handles; 0 for an empty handle
 *
 *   T_weak T_downgrade(&self)               a weak handle; and weak_upgrade, weak_clone, weak_drop,
 *                                           weak_ptr_eq, weak_strong_count and weak_weak_count, as in
 *                                           <cairn/rc.t.h>
 *
 * try_clone and weak_try_clone cannot fail; they are there to be an ITEM_CLONE.
 * Cost: O(1), and one allocation or deallocation; making and make_mut O(items). Panics: make_mut of an
 *       empty handle; more than SIZE_MAX handles.
 *
 * What it is bad at: the number of items is that of the beginning.
 */
#include <cairn/base/bits.h>
#include <cairn/own.h>
#include <cairn/rc_core.h>

#if !defined(T)
#error "<cairn/rc_slice.t.h> needs the name of the type that it makes, as in: #define T rc_jobs"
#elif !defined(ITEM)
#error "<cairn/rc_slice.t.h> needs the type of its items, as in: #define ITEM struct job"
#else
#include <cairn/template_begin.h>

#define COUNTS(name) cairn_rc_##name
#include <cairn/template_shared_slice.h>
#endif
#include <cairn/template_end.h>

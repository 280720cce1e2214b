/* SPDX-License-Identifier: MIT */
/*
 * Arc: an rc whose handles may belong to different threads and processors. The counts are atomic.
 *
 *     #define T         arc_config
 *     #define ITEM      struct config
 *     #define ITEM_DROP config_drop                      optional; also ITEM_CLONE
 *     #include <cairn/arc.t.h>
 *
 *     owned(arc_config) config = arc_config_new(read_config());
 *     arc_config for_worker = arc_config_clone(&config);    one handle for each thread
 *     start_worker(take(for_worker));                       which drops it when it is done
 *     print(arc_config_value(&config)->name);
 *
 * A handle is one word. The counts and the value are one block, which stays until the weak handles
 * are gone too. The value is shared: threads only read it, or it must guard itself, by a lock in it.
 * One handle is used by one thread at a time; each thread has its own. The value is dropped by the
 * thread whose handle goes last, so its drop function and the allocator must allow any.
 * The rules of <cairn/collection.h> hold; below are the functions, with T standing for the type's name.
 * F: calls the allocation-error handler when memory runs out, and has a try_ form, which returns an
 * error. C: only where the value can be cloned.
 *
 *   T    T_new(item)                     F  the first owner; also new_in(allocator, item)
 *   T    T_new_cyclic(make, context)     F  of a value that knows itself; also new_cyclic_in(allocator,
 *                                           make, context). make(&item, &weak, context) fills in the
 *                                           value, may clone the weak handle, whose value is not there
 *                                           yet, and returns an enum cairn_collection_error
 *   T    T_clone(&self)                     one owner more; an empty handle gives an empty one
 *   void T_drop(&self)                      one owner fewer; the last drops the value
 *   const ITEM *T_value(&self)              the value; null if the handle is empty
 *
 *   ITEM *T_get_mut(&self)                  the value, if no other handle is there, weak ones included;
 *                                           else null
 *   ITEM *T_make_mut(&self)              FC the value, made this handle's own: moved away from weak
 *          try_make_mut(&self, &pointer)    handles, cloned away from other owners
 *   ITEM *T_get_mut_unchecked(&self)        the value, to be written although it is shared: the caller
 *                                           answers for it that nobody is disturbed
 *   bool T_try_unwrap(&self, &item)         moves the value out if this is the only owner, and empties
 *                                           the handle; weak ones then find it gone
 *   bool T_into_inner(&self, &item)         the same, but drops the handle in any case:
 *                                           of owners that do so at once, exactly one gets the value
 *   ITEM T_unwrap_or_clone(&self)        FC the value, moved out or cloned; the handle is dropped
 *          try_unwrap_or_clone(&self, &item)
 *   const ITEM *T_into_raw(&self)           the value's address, for which this handle's share is kept
 *   T    T_from_raw(address)                what into_raw gave, as a handle again
 *   bool T_ptr_eq(&self, &other)            whether both own the same value
 *   size_t T_strong_count(&self)            owners;       0 for an empty handle
 *   size_t T_weak_count(&self)              weak handles; 0 for an empty handle
 *
 *   T_weak T_downgrade(&self)               a weak handle
 *   bool   T_weak_upgrade(&weak, &self)     an owner again; false, and self empty, if the value is gone
 *   T_weak T_weak_clone(&weak)
 *   void   T_weak_drop(&weak)
 *   bool   T_weak_ptr_eq(&weak, &other)
 *   size_t T_weak_strong_count(&weak)       owners of the value; 0 if it is gone
 *   size_t T_weak_weak_count(&weak)         weak handles of the value; 0 if it is gone
 *
 * try_clone and weak_try_clone cannot fail; they are there to be an ITEM_CLONE.
 * Counts may be others by the time they are read, where other threads have handles.
 * Cost: O(1), one or two atomic operations, and one allocation or deallocation. downgrade waits for the
 *       few instructions that get_mut or make_mut takes elsewhere.
 * Panics: make_mut and unwrap_or_clone of an empty handle; more than SIZE_MAX / 2 handles.
 * Context: any in which the allocator may be called, interrupt handlers too; but a non-maskable one
 *       must not downgrade.
 *
 * What it is bad at: threads that clone and drop handles of one value often pass its counts' cache line
 * around. Handles that own each other in a circle are never dropped; make one of them weak.
 */
#include <cairn/arc_core.h>
#include <cairn/own.h>

#if !defined(T)
#error "<cairn/arc.t.h> needs the name of the type that it makes, as in: #define T arc_config"
#elif !defined(ITEM)
#error "<cairn/arc.t.h> needs the type of the value, as in: #define ITEM struct config"
#else
#include <cairn/template_begin.h>

#define COUNTS(name) cairn_arc_##name
#include <cairn/template_shared_value.h>
#endif
#include <cairn/template_end.h>

/* SPDX-License-Identifier: MIT */
/*
 * What a template defines from its parameters, for itself; <cairn/template_end.h> takes all of it
 * away again. Included by templates alone, once by each of their includes: it has no guard.
 *
 * The parameters come in three sets, ITEM, KEY and VALUE, and each is treated alike.
 */

/* A name in a template must not clash with a name of the program that includes it. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"

/* That a function is inline, so as to be left out where it is not used, and yet never inlined. */
#pragma GCC diagnostic ignored "-Wattributes"

/* T_(push) is vec_job_push where T is vec_job. */
#define T_(name)     CAIRN_JOIN(T, name)
#define ITEM_LAYOUT  CAIRN_LAYOUT_OF(ITEM)
#define KEY_LAYOUT   CAIRN_LAYOUT_OF(KEY)
#define VALUE_LAYOUT CAIRN_LAYOUT_OF(VALUE)

/* *place = *item, for what was passed by value and is plain data, or moved. */
#define PUT_ITEM(place, item)   cairn_collection_put((place), (item), sizeof(ITEM))
#define PUT_KEY(place, key)     cairn_collection_put((place), (key), sizeof(KEY))
#define PUT_VALUE(place, value) cairn_collection_put((place), (value), sizeof(VALUE))

/* ITEM_MUST_USE: what gives an item away, and would lose what the item owns if that were ignored. */
#ifdef ITEM_DROP
#define DROP_ITEM(item) ITEM_DROP(item)
#define ITEM_MUST_USE   CAIRN_MUST_USE
#else
#define DROP_ITEM(item) ((void)(item))
#define ITEM_MUST_USE
#endif

#ifdef KEY_DROP
#define DROP_KEY(key) KEY_DROP(key)
#define KEY_MUST_USE  CAIRN_MUST_USE
#else
#define DROP_KEY(key) ((void)(key))
#define KEY_MUST_USE
#endif

#ifdef VALUE_DROP
#define DROP_VALUE(value) VALUE_DROP(value)
#define VALUE_MUST_USE    CAIRN_MUST_USE
#else
#define DROP_VALUE(value) ((void)(value))
#define VALUE_MUST_USE
#endif

/* A call of `clone`, which the compiler refuses where the function has another type. */
#define CLONE_WITH(clone, type, to, from) \
    (CAIRN_LITERAL(enum cairn_collection_error(*)(type *, type const *)){clone}((to), (from)))

#if defined(ITEM_CLONE)
#define ITEMS_ARE_CLONABLE
#define TRY_CLONE_ITEM(to, from) CLONE_WITH(ITEM_CLONE, ITEM, to, from)
#elif !defined(ITEM_DROP)
#define ITEMS_ARE_CLONABLE
#define ITEMS_ARE_PLAIN
#define TRY_CLONE_ITEM(to, from) (*(to) = *(from), CAIRN_COLLECTION_OK)
#endif

#if defined(KEY_CLONE)
#define KEYS_ARE_CLONABLE
#define TRY_CLONE_KEY(to, from) CLONE_WITH(KEY_CLONE, KEY, to, from)
#elif !defined(KEY_DROP)
#define KEYS_ARE_CLONABLE
#define KEYS_ARE_PLAIN
#define TRY_CLONE_KEY(to, from) (*(to) = *(from), CAIRN_COLLECTION_OK)
#endif

#if defined(VALUE_CLONE)
#define VALUES_ARE_CLONABLE
#define TRY_CLONE_VALUE(to, from) CLONE_WITH(VALUE_CLONE, VALUE, to, from)
#elif !defined(VALUE_DROP)
#define VALUES_ARE_CLONABLE
#define VALUES_ARE_PLAIN
#define TRY_CLONE_VALUE(to, from) (*(to) = *(from), CAIRN_COLLECTION_OK)
#endif

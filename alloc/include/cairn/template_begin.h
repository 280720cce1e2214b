/* SPDX-License-Identifier: MIT */
/*
 * What a template defines from its parameters, for itself; <cairn/template_end.h> takes all of it
 * away again. Included by templates alone, once by each of their includes: it has no guard.
 */

/* A name in a template must not clash with a name of the program that includes it. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"

/* T_(push) is vec_job_push where T is vec_job. */
#define T_(name)    CAIRN_JOIN(T, name)
#define ITEM_LAYOUT CAIRN_LAYOUT_OF(ITEM)

/* ITEM_MUST_USE: what gives an item away, and would lose what the item owns if that were ignored. */
#ifdef ITEM_DROP
#define DROP_ITEM(item) ITEM_DROP(item)
#define ITEM_MUST_USE   CAIRN_MUST_USE
#else
#define DROP_ITEM(item) ((void)(item))
#define ITEM_MUST_USE
#endif

#if defined(ITEM_CLONE)
#define ITEMS_ARE_CLONABLE
#define TRY_CLONE_ITEM(to, from) ITEM_CLONE(to, from)
#elif !defined(ITEM_DROP)
#define ITEMS_ARE_CLONABLE
#define ITEMS_ARE_PLAIN
#define TRY_CLONE_ITEM(to, from) (*(to) = *(from), true)
#endif

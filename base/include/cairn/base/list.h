/* SPDX-License-Identifier: MIT */
/*
 * An intrusive list: the links lie in what is listed, so listing something allocates nothing and
 * cannot fail.
 *
 *     struct task {
 *         int priority;
 *         struct cairn_list_node waiting;     one for each list that a task may be in
 *     };
 *     struct cairn_list tasks = {0};          zero is the empty list
 *     cairn_list_push_back(&tasks, &task->waiting);
 *     struct cairn_list_node *node = cairn_list_pop_front(&tasks);
 *     if (node)
 *         run(CAIRN_CONTAINER_OF(node, struct task, waiting));
 *
 * It is walked by its links. To take nodes out on the way, look at the next one first:
 *
 *     for (struct cairn_list_node *node = tasks.first, *next; node; node = next) {
 *         next = node->next;
 *         ...
 *     }
 *
 * Both ends are null, so a list may be moved by copying it. A node that is in no list has two null
 * links, and so has the only one of a list.
 *
 * Panics: what is taken out or inserted at is not in that list, as far as its neighbours know.
 * Cost: O(1), all of them. Context: any; several processors need a lock.
 *
 * What it is bad at: the list does not own what it lists, and nobody is told when that is gone; a
 * node must be taken out first. Walking it misses the cache at each step.
 */
#ifndef CAIRN_BASE_LIST_H
#define CAIRN_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include <cairn/base/check.h>

CAIRN_C_BEGIN

struct cairn_list_node {
    struct cairn_list_node *next;
    struct cairn_list_node *previous;
};

/* Invariants: first->previous and last->next are null; both are null, or none. */
struct cairn_list {
    struct cairn_list_node *first;
    struct cairn_list_node *last;
};

/*
 * The struct of this type whose member is at `pointer`, which is no other pointer than one to
 * it.
 */
#define CAIRN_CONTAINER_OF(pointer, type, member) \
    ((type *)(void *)((char *)(1 ? (pointer) : &((type *)0)->member) - offsetof(type, member)))

/* Links that lead from one to the other; null stands for the list's end on that side. */
static inline void cairn_list_join(struct cairn_list *list, struct cairn_list_node *before,
                                   struct cairn_list_node *after)
{
    *(before ? &before->next : &list->first) = after;
    *(after ? &after->previous : &list->last) = before;
}

static inline bool cairn_list_has(const struct cairn_list *list, const struct cairn_list_node *node)
{
    return (node->previous ? node->previous->next : list->first) == node &&
           (node->next ? node->next->previous : list->last) == node;
}

static inline void cairn_list_check_has(const struct cairn_list *list,
                                        const struct cairn_list_node *node)
{
    cairn_check(cairn_list_has(list, node),
                "list: the node at %p is not in this list; it was taken out before, is in another, "
                "or was overwritten",
                (const void *)node);
}

/* Puts a node that is in no list between two neighbours; null stands for an end. */
static inline void cairn_list_insert_between(struct cairn_list *list,
                                             struct cairn_list_node *before,
                                             struct cairn_list_node *node,
                                             struct cairn_list_node *after)
{
    cairn_list_join(list, before, node);
    cairn_list_join(list, node, after);
}

static inline void cairn_list_push_front(struct cairn_list *list, struct cairn_list_node *node)
{
    cairn_list_insert_between(list, NULL, node, list->first);
}

static inline void cairn_list_push_back(struct cairn_list *list, struct cairn_list_node *node)
{
    cairn_list_insert_between(list, list->last, node, NULL);
}

static inline void cairn_list_insert_before(struct cairn_list *list, struct cairn_list_node *place,
                                            struct cairn_list_node *node)
{
    cairn_list_check_has(list, place);
    cairn_list_insert_between(list, place->previous, node, place);
}

static inline void cairn_list_insert_after(struct cairn_list *list, struct cairn_list_node *place,
                                           struct cairn_list_node *node)
{
    cairn_list_check_has(list, place);
    cairn_list_insert_between(list, place, node, place->next);
}

static inline void cairn_list_remove(struct cairn_list *list, struct cairn_list_node *node)
{
    cairn_list_check_has(list, node);
    cairn_list_join(list, node->previous, node->next);
    node->next = node->previous = NULL;
}

/* Takes out and gives the first node, or the last; null if there is none. */
static inline struct cairn_list_node *cairn_list_pop_front(struct cairn_list *list)
{
    struct cairn_list_node *node = list->first;
    if (node)
        cairn_list_remove(list, node);
    return node;
}

static inline struct cairn_list_node *cairn_list_pop_back(struct cairn_list *list)
{
    struct cairn_list_node *node = list->last;
    if (node)
        cairn_list_remove(list, node);
    return node;
}

/*
 * Moves all nodes of `other`, which is another list, between two neighbours; null stands for an
 * end.
 */
static inline void cairn_list_splice(struct cairn_list *list, struct cairn_list_node *before,
                                     struct cairn_list *other, struct cairn_list_node *after)
{
    if (!other->first)
        return;
    struct cairn_list_node *first = other->first, *last = other->last;
    other->first = other->last = NULL;
    cairn_list_join(list, before, first);
    cairn_list_join(list, last, after);
}

/* Moves all nodes of `other`, which is another list, to the end. */
static inline void cairn_list_append(struct cairn_list *list, struct cairn_list *other)
{
    cairn_list_splice(list, list->last, other, NULL);
}

/* Takes off and gives what comes after `node`; null stands for the front: then it is all. */
static inline struct cairn_list cairn_list_split_after(struct cairn_list *list,
                                                       struct cairn_list_node *node)
{
    struct cairn_list rest = {node ? node->next : list->first, list->last};
    if (!rest.first)
        rest.last = NULL;
    else
        rest.first->previous = NULL;
    cairn_list_join(list, node, NULL);
    return rest;
}

CAIRN_C_END

#endif

/* SPDX-License-Identifier: MIT */
/*
 * An item that knows whether it is alive: made once, dropped once, and used only in between.
 *
 * Anything else fails the test where it happens. It is 24 bytes, so that no size is a power of two
 * by chance.
 */
#ifndef TRACKED_H
#define TRACKED_H

#include <stdbool.h>
#include <stddef.h>

#include <cairn/collection.h>

struct tracked {
    int value;    /* what the test gives it; a clone has the same */
    size_t token; /* its own; 0 for none */
    size_t token_again;
};

/* How many are alive. */
extern size_t tracked_live;

/* How many clones succeed from now on, before all fail; at first SIZE_MAX. */
extern size_t tracked_clones_left;

struct tracked tracked_make(int value);
void tracked_drop(struct tracked *item);
enum cairn_collection_error tracked_try_clone(struct tracked *to, const struct tracked *from);

/* Its value; fails the test if it is not alive. */
int tracked_value(const struct tracked *item);

/* Fails the test if one is alive, and makes all dead, so that the next test begins afresh. */
void tracked_expect_none(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Every state of a small heap: each operation in each, until no new state appears. This proves that
 * no history, of any length, breaks a heap of that size.
 *
 * The idea: a heap and its memory are one image, an array of bytes. A state is an image in which all
 * that the heap does not look at has been overwritten. A search in breadth takes a state, puts the
 * image back, does one operation, looks at everything, and queues the new image unless it has been
 * before. What is looked at: a new block is usable memory, aligned, and no live block has any of it;
 * no live block's content changes; realloc keeps the content; what is refused fits nowhere; the heap's own
 * check of the whole.
 *
 * An image is kept as the words in which it differs from the first one, and only until its turn;
 * afterwards a hash of 64 bits remains, with how it was reached. Of a failure, the operations that
 * lead there are printed: there is no shorter way.
 *
 * What it is bad at: two states of one hash would hide one of them; with 10^7 states that is one
 * chance in 300,000. A heap of up to 64 granules; live blocks are whole granules, and a block's
 * alignment is not remembered: realloc may ask for any that its address has.
 */
#ifndef STATE_SPACE_H
#define STATE_SPACE_H

#include <stddef.h>
#include <stdint.h>

#include <cairn/allocator.h>

#define STATE_GRANULE  16
#define STATE_GRANULES 64          /* at most, from `base` on */
#define STATE_IMAGE    (16 * 1024) /* bytes at most */
#define STATE_RUBBISH  0xdd        /* what overwrites that which is not looked at */

/* Granules from a base on, bit g for granule g. */
typedef uint64_t state_granules;

struct state_subject {
    const char *name;
    size_t image_size; /* used bytes of state_image, a multiple of 8 */
    /*
     * Makes a heap in state_image, whose blocks lie within 64 granules from `base` on, and says which
     * of them can be handed out.
     */
    struct cairn_allocator *(*start)(size_t granules, unsigned char **base, state_granules *usable);
    void (*check)(void);
    void (*flush)(void);                /* null: there is none */
    void (*trim)(void);                 /* null: there is none */
    void (*become)(unsigned processor); /* who does what comes next; null: there is one */
    unsigned processors;
    /* Overwrites what the heap does not look at, outside live blocks; and what only counts. */
    void (*forget)(state_granules live);
    size_t largest;      /* granules of a request, at most; 0: as many as there are */
    unsigned aligns;     /* 1: to one granule; 2: to two, too; 3: to four, too */
    bool has_unsized;    /* knows its blocks' sizes, and takes dealloc without a layout */
    bool grows_in_place; /* realloc uses what is free on both sides of a block */
    /* Whether realloc may be told this alignment of a live block; null: any that its address has. */
    bool (*takes_align)(const void *block, unsigned size, unsigned align);
};

/* Where the subject's struct and memory lie, on a multiple of 4096. */
extern unsigned char state_image[STATE_IMAGE];

/* The bytes of granule g from the base on. */
static inline unsigned char *state_granule(unsigned char *base, unsigned granule)
{
    return base + (size_t)granule * STATE_GRANULE;
}

/*
 * Goes through all states of a heap of so many granules; prints their number. Fails the running
 * cmocka test where something is wrong. (A panic fails it, too.)
 */
void visit_every_state(const struct state_subject *subject, size_t granules);

/* For the test's teardown: if the test failed, the operations that led there. Frees the memory. */
int show_operations(void **state);

#endif

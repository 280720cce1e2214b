/* SPDX-License-Identifier: MIT */
/*
 * A heap of the allocator cairn, and beside it a model of what it must be: which granules are
 * handed out, and what stands in each block.
 *
 * Every action is done by both, and they are compared at once: a block is usable memory that nobody
 * else has, aligned; zeroed memory is zero; realloc keeps what both sizes have in common; nobody
 * writes into another's block; an allocation fails only where no free block is large enough. What
 * differs is a panic that begins with "model: "; what the heap finds itself begins with "cairn: ".
 *
 * The fuzz targets and the reliability tests share it. It allocates nothing, and it finds an
 * overlap by a bitmap, so it costs little more than the heap.
 */
#ifndef HEAP_MODEL_H
#define HEAP_MODEL_H

#include <cairn/heap.h>

#define HEAP_MODEL_BYTES  ((size_t)4 << 20) /* of memory, for all regions */
#define HEAP_MODEL_BLOCKS 1024              /* that may be alive at once */

struct heap_model_block {
    unsigned char *address;
    struct cairn_layout layout;
    unsigned char pattern; /* every byte of it */
};

struct heap_model {
    struct cairn_heap *heap;
    unsigned char *memory; /* HEAP_MODEL_BYTES, on a multiple of 4096 */
    unsigned char next_pattern;
    bool failures_are_right; /* an allocation may fail for any reason */
    bool always_with_layout; /* else a quarter of the blocks is given back without */
    size_t count;
    struct heap_model_block blocks[HEAP_MODEL_BLOCKS];         /* the first `count` are alive */
    uint64_t busy[HEAP_MODEL_BYTES / CAIRN_HEAP_GRANULE / 64]; /* a bit for each granule */
};

/*
 * Begins anew with a heap of `size` bytes at `offset` in the memory.
 *
 * Needs:  `heap` and `memory` are set, and the heap has room for a block.
 */
void heap_model_start(struct heap_model *self, size_t offset, size_t size);

/* Gives the heap more memory; false if it did not take it. */
bool heap_model_add_region(struct heap_model *self, size_t offset, size_t size);

/*
 * Each of these is one action. alloc and realloc say whether there was memory.
 */
bool heap_model_alloc(struct heap_model *self, struct cairn_layout layout, bool zeroed);
bool heap_model_realloc(struct heap_model *self, size_t number, size_t new_size);
void heap_model_dealloc(struct heap_model *self, size_t number);
void heap_model_flush(struct heap_model *self);
void heap_model_trim(struct heap_model *self, size_t page_size);

/* The whole heap: what stands in every block, cairn_heap_check(), and the statistics. */
void heap_model_check(struct heap_model *self);

#endif

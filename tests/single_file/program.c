/* SPDX-License-Identifier: MIT */
/*
 * A program made of cairn.h and cairn.c alone: C17, C23 and C++20, with a C library and without.
 *
 * It fills the heap, empties it in another order, and grows a vec and a box on it. It ends with 0,
 * or with the line where something was not as it must be.
 */
#include "cairn.h"

static unsigned char memory[256 * 1024];
static struct cairn_heap heap = CAIRN_HEAP_EMPTY;
static struct cairn_locked locked = CAIRN_LOCKED(&heap.allocator, "heap");
static struct cairn_processor processors[2];
static struct cairn_shared_heap shared =
    CAIRN_SHARED_HEAP(&heap, &locked, &locked.allocator, processors);
CAIRN_GLOBAL_ALLOCATOR(&shared.allocator);

#define CAIRN_VEC
#define T    vec_int
#define ITEM int
#include "cairn.h"

#define CAIRN_BOX
#define T         box_vec
#define ITEM      vec_int
#define ITEM_DROP vec_int_drop
#include "cairn.h"

#define CAIRN_RC
#define T    rc_int
#define ITEM int
#include "cairn.h"

#define EXPECT(condition)    \
    do                       \
        if (!(condition))    \
            return __LINE__; \
    while (0)

enum { BLOCKS = 500 };

static struct cairn_layout layout_of(unsigned number)
{
    return CAIRN_LITERAL(struct cairn_layout){1 + number * 7 % 300, (size_t)1 << number % 7};
}

/* Each block is full of its number, so that one that overlaps another is found. */
static int blocks_do_not_overlap(void)
{
    static unsigned char *blocks[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; i++) {
        blocks[i] = (unsigned char *)cairn_global_alloc_zeroed(layout_of(i));
        EXPECT(blocks[i] && cairn_is_aligned((uintptr_t)blocks[i], layout_of(i).align));
        for (size_t at = 0; at < layout_of(i).size; at++) {
            EXPECT(blocks[i][at] == 0);
            blocks[i][at] = (unsigned char)i;
        }
    }
    cairn_heap_check(&heap);
    for (unsigned n = 0; n < BLOCKS; n++) {
        unsigned i = n * 7 % BLOCKS;
        for (size_t at = 0; at < layout_of(i).size; at++)
            EXPECT(blocks[i][at] == (unsigned char)i);
        cairn_global_dealloc(blocks[i], layout_of(i));
    }
    return 0;
}

static int collections_work(void)
{
    vec_int numbers = vec_int_new_in(&locked.allocator);
    for (int i = 0; i < 500; i++)
        EXPECT(!vec_int_try_push(&numbers, i));
    EXPECT(numbers.length == 500 && *vec_int_at(&numbers, 499) == 499);

    box_vec box = box_vec_new(numbers);
    EXPECT(box.value->length == 500);
    box_vec_drop(&box);

    rc_int one = rc_int_new(41), other = rc_int_clone(&one);
    *rc_int_make_mut(&other) += 1;
    EXPECT(*rc_int_value(&one) == 41 && *rc_int_value(&other) == 42);
    rc_int_drop(&one);
    rc_int_drop(&other);
    return 0;
}

/* start.c calls it by this name, where there is no main(). */
CAIRN_C_BEGIN
int program(void);
CAIRN_C_END

int program(void)
{
    EXPECT(cairn_shared_heap_init(&shared, memory, sizeof(memory)) == CAIRN_REGION_OK);
    int line = blocks_do_not_overlap();
    if (line == 0)
        line = collections_work();
    if (line != 0)
        return line;
    EXPECT(cairn_shared_heap_flush(&shared) > 0);
    EXPECT(cairn_heap_statistics(&heap).used == 0);
    return 0;
}

int main(void)
{
    return program();
}

/* SPDX-License-Identifier: MIT */
/*
 * A ring's places, for every capacity, first item and index: they lie inside, follow each other
 * around the end, and moving the first item by one moves all of them.
 */
// sources: alloc/collections/ring.c
// unwind: 2
// mutant: alloc/include/cairn/ring.h ends & (size_t)1 -> (size_t)1
// mutant: alloc/include/cairn/ring.h later / 2 -> later
// mutant: alloc/include/cairn/ring.h 2 * ends - 1 -> ends - 1
// mutant: alloc/include/cairn/ring.h cairn_ring_capacity(ends) - 1) -> cairn_ring_capacity(ends))
#include <assert.h>

#include <cairn/ring.h>

int main(void)
{
    size_t ends, index; /* any */
    assert(cairn_ring_capacity(0) == 0);
    if (ends == 0 || ends / 2 >= CAIRN_RING_CAPACITY_MAX)
        return 0;
    size_t capacity = cairn_ring_capacity(ends), place = cairn_ring_place(ends, index);
    assert(cairn_is_power_of_two(capacity) && ends - capacity < capacity);
    assert(place < capacity && cairn_ring_place(ends, 0) == ends - capacity);
    assert(cairn_ring_place(ends, index + 1) == (place + 1 == capacity ? 0 : place + 1));

    size_t later = cairn_ring_later(ends), earlier = cairn_ring_earlier(ends);
    assert(cairn_ring_capacity(later) == capacity && cairn_ring_capacity(earlier) == capacity);
    assert(cairn_ring_place(later, index) == cairn_ring_place(ends, index + 1));
    assert(cairn_ring_earlier(later) == ends && cairn_ring_later(earlier) == ends);
    return 0;
}

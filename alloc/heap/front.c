/* SPDX-License-Identifier: MIT */
/* The front's slow half: chunks, runs, and what goes back to the general heap. */
#include "front.h"

/* A magazine that is full gives so many rows of neighbours back; one that is drained, so many. */
#define SPILL_ROWS  6
#define DRAIN_ROWS  2
#define SOME_BLOCKS 24 /* and no more of either than these */
/* Magazines that a drain looks at for some. */
#define DRAIN_CLASSES 4

/* ---- chunks ---- */

/* A link's proof is no slot's: it has all bits of a class's the other way. */
static uint32_t link_proof(unsigned size_class)
{
    return ~cairn_heap_proof(size_class);
}

/* The chunk leads to an older one, in which there are so many blocks. */
static void link_chunk(struct cairn_heap_part *part, uint32_t chunk, unsigned size_class,
                       uint32_t older, uint32_t blocks)
{
    uint32_t link = blocks << LINK_SHIFT | older;
    *link_of(part, chunk) =
        CAIRN_LITERAL(struct cairn_heap_slot){link, link_proof(size_class) + link};
}

void cairn_front_check_chunk(const struct cairn_heap_part *part, uint32_t chunk,
                             unsigned size_class)
{
    const struct cairn_heap_slot *link = link_of(part, chunk);
    cairn_check(chunk - 1 < part->chunk_count &&
                    link->proof == link_proof(size_class) + link->position,
                "cairn: the heap is damaged: chunk %u does not belong to class %u; look for who "
                "writes behind the last block",
                (unsigned)chunk, size_class);
}

/* The class's top is where a top can be. */
static void check_top(const struct cairn_heap_part *part, unsigned size_class)
{
    uint32_t top = part->top[size_class];
    if (top == NO_CHUNK) {
        cairn_check(part->class_chunks[size_class] == 0,
                    "cairn: the heap is damaged: class %u has %u chunks, and its magazine none",
                    size_class, (unsigned)part->class_chunks[size_class]);
        return;
    }
    cairn_check(top % SLOT_BYTES == 0 && top < CAIRN_HEAP_POOL_REACH,
                "cairn: the heap is damaged: class %u has its top at %#x", size_class,
                (unsigned)top);
    cairn_front_check_chunk(part, chunk_of_top(top), size_class);
}

/* The slot proves itself, and the ledger says that a block which it may hold is cached there. */
static inline bool is_cached(const struct cairn_heap_part *part, unsigned size_class,
                             const struct cairn_heap_slot *slot)
{
    size_t position = slot->position, page = position / GRANULES_PER_PAGE;
    if (slot->proof != cairn_heap_proof(size_class) + slot->position ||
        !is_position(part, position) ||
        !(part->classed[page] & ~part->live[page] & bit_of(position)))
        return false;
    return part->tags[page] == size_class || !is_certificate(part->tags[page]);
}

size_t cairn_front_check_cached(const struct cairn_heap_part *part, unsigned size_class,
                                const struct cairn_heap_slot *slot)
{
    size_t position = slot->position;
    cairn_check(is_cached(part, size_class, slot),
                "cairn: the heap is damaged: the magazine of %u-byte blocks holds %p, which is "
                "none of them; look for who writes behind the last block",
                cairn_class_granules[size_class] * CAIRN_HEAP_GRANULE,
                (void *)block_at(part, position));
    return position;
}

/* How many chunks the class may add: a quarter of the pool is for classes that have none. */
static uint32_t chunks_to_add(const struct cairn_heap_part *part, unsigned size_class)
{
    uint32_t had = part->class_chunks[size_class], reserve = (uint32_t)(part->chunk_count / 4);
    uint32_t share = part->class_chunk_limit[size_class] - had;
    uint32_t more = part->free_chunks > reserve ? part->free_chunks - reserve : 0;
    if (more == 0 && had == 0 && part->free_chunks > 0)
        more = 1;
    return more < share ? more : share;
}

/* Makes the slots behind the link empty ones of a class; they are, if it was the last to use them. */
static void empty_chunk(struct cairn_heap_slot *chunk, uint32_t proof)
{
    if (chunk[1].proof != proof)
        for (size_t slot = 1; slot < CHUNK_SLOTS; slot++)
            chunk[slot].proof = proof;
}

/* Puts an empty chunk on the magazine's top; false if the pool or the class's share is used up. */
static bool add_chunk(struct cairn_heap_part *part, unsigned size_class)
{
    uint32_t chunk = part->free_chunk;
    if (chunk == 0 || chunks_to_add(part, size_class) == 0)
        return false;
    cairn_front_check_chunk(part, chunk, 0);
    part->free_chunk = older_chunk(part, chunk);
    part->free_chunks--;
    link_chunk(part, chunk, size_class, chunk_of_top(part->top[size_class]),
               blocks_in(part, size_class));
    empty_chunk(link_of(part, chunk), cairn_heap_proof(size_class));
    part->top[size_class] = slot_place(chunk, 1);
    part->class_chunks[size_class]++;
    return true;
}

/* The top chunk is empty: gives it to the pool. False if there is no older one, with blocks. */
static bool drop_chunk(struct cairn_heap_part *part, unsigned size_class)
{
    uint32_t chunk = chunk_of_top(part->top[size_class]);
    uint32_t older = older_chunk(part, chunk), blocks = older_blocks(part, chunk);
    cairn_check((older == 0) == (part->class_chunks[size_class] == 1),
                "cairn: the heap is damaged: class %u has %u chunks, and chunk %u leads to %u",
                size_class, (unsigned)part->class_chunks[size_class], (unsigned)chunk,
                (unsigned)older);
    if (older)
        cairn_front_check_chunk(part, older, size_class);
    link_chunk(part, chunk, 0, part->free_chunk, 0);
    part->free_chunk = chunk;
    part->free_chunks++;
    part->class_chunks[size_class]--;
    part->top[size_class] = older ? slot_place(older, blocks + 1) : NO_CHUNK;
    return older != 0;
}

/* The upper half of the older chunk, which is full, goes to the top one, which is empty. */
static void halve_older(struct cairn_heap_part *part, unsigned size_class)
{
    uint32_t chunk = chunk_of_top(part->top[size_class]), older = older_chunk(part, chunk);
    uint32_t empty = cairn_heap_proof(size_class);
    struct cairn_heap_slot *to = link_of(part, chunk) + 1;
    struct cairn_heap_slot *from = link_of(part, older) + CHUNK_SLOTS - HALF_CHUNK;
    cairn_front_check_chunk(part, older, size_class);
    for (uint32_t i = 0; i < HALF_CHUNK; i++) {
        to[i] = from[i];
        from[i].proof = empty;
    }
    link_chunk(part, chunk, size_class, older, CHUNK_BLOCKS - HALF_CHUNK);
    part->top[size_class] += HALF_CHUNK * (uint32_t)SLOT_BYTES;
}

void cairn_front_start(struct cairn_heap_part *part, uint32_t chunk_count)
{
    *cairn_heap_slot_at(part, slot_place(0, 0)) = CAIRN_LITERAL(struct cairn_heap_slot){0, 0};
    *cairn_heap_slot_at(part, slot_place(0, 1)) = CAIRN_LITERAL(struct cairn_heap_slot){0, 0};
    for (uint32_t chunk = 1; chunk <= chunk_count; chunk++) {
        /* Nothing of an earlier pool is left: its slots prove themselves just as well. */
        __builtin_memset(link_of(part, chunk), 0, CHUNK_BYTES);
        link_chunk(part, chunk, 0, chunk - 1, 0);
    }
    part->chunk_count = part->free_chunk = part->free_chunks = chunk_count;
    for (unsigned size_class = 0; size_class < CAIRN_HEAP_CLASSES; size_class++) {
        part->top[size_class] = NO_CHUNK;
        part->class_chunks[size_class] = 0;
    }
}

/* ---- giving blocks back ---- */

/* Takes the block in the slot out of the magazine and the ledger. */
static inline size_t strike_slot(struct cairn_heap_part *part, unsigned size_class,
                                 struct cairn_heap_slot *slot)
{
    size_t position = slot->position;
    if (!is_cached(part, size_class, slot))
        cairn_front_check_cached(part, size_class, slot); /* says what is wrong */
    slot->proof = cairn_heap_proof(size_class);
    clear_bit(part->classed, position);
    if (tag_at(part, position) & TAG_LARGE && cairn_class_granules[size_class] >= GRANULES_PER_PAGE)
        set_tag(part, position, 0);
    return position;
}

/* Whether there is a block on top; goes to the older chunk for one. */
static bool has_top(struct cairn_heap_part *part, unsigned size_class)
{
    uint32_t top = part->top[size_class];
    return blocks_below(top) > 0 || (top != NO_CHUNK && drop_chunk(part, size_class));
}

/*
 * Gives the blocks on top back to the general heap, while each is a neighbour of those before; all
 * from one chunk, and at most so many. Returns how many; 0 if there is none.
 */
static uint32_t give_row(struct cairn_heap_part *part, unsigned size_class, uint32_t most)
{
    size_t granules = cairn_class_granules[size_class];
    if (!has_top(part, size_class))
        return 0;
    uint32_t here = blocks_below(part->top[size_class]), blocks = here < most ? here : most;
    uint32_t given = 1;
    struct cairn_heap_slot *slot = cairn_heap_slot_at(part, part->top[size_class]) - 1;
    size_t start = strike_slot(part, size_class, slot), end = start + granules;
    for (; given < blocks; given++) {
        size_t next = (--slot)->position;
        if (next == end)
            end += granules;
        else if (next + granules == start)
            start = next;
        else
            break;
        strike_slot(part, size_class, slot);
    }
    part->top[size_class] -= given * (uint32_t)SLOT_BYTES;
    part->carved[size_class] -= given;
    cairn_bins_give_granules(part, start, end - start);
    return given;
}

/* Gives a few blocks back, but no more rows than `rows`; false if there is none. */
static bool give_some(struct cairn_heap_part *part, unsigned size_class, int rows)
{
    uint32_t given = 0;
    check_top(part, size_class);
    for (; rows > 0 && given < SOME_BLOCKS; rows--)
        given += give_row(part, size_class, SOME_BLOCKS - given);
    return given > 0;
}

size_t cairn_front_flush_class(struct cairn_heap_part *part, unsigned size_class)
{
    size_t blocks, given = 0;
    check_top(part, size_class);
    if (part->top[size_class] == NO_CHUNK)
        return 0;
    while ((blocks = give_row(part, size_class, CHUNK_BLOCKS)) > 0)
        given += blocks;
    return given * cairn_class_granules[size_class];
}

size_t cairn_front_flush(struct cairn_heap_part *part)
{
    size_t granules = 0;
    for (unsigned size_class = 1; size_class < CAIRN_HEAP_CLASSES; size_class++)
        granules += cairn_front_flush_class(part, size_class);
    return granules;
}

void cairn_front_drain(struct cairn_heap_part *part)
{
    if (part->taken < part->front_share || part->free_chunks == part->chunk_count)
        return;
    for (int i = 0; i < DRAIN_CLASSES; i++) {
        if (give_some(part, part->drained % CAIRN_HEAP_CLASSES, DRAIN_ROWS))
            return;
        part->drained = (uint8_t)((part->drained + 1) % CAIRN_HEAP_CLASSES);
    }
}

/* Another class that has more than one chunk gives some blocks back: a chunk of its becomes free. */
static void spill_another(struct cairn_heap_part *part, unsigned size_class)
{
    for (unsigned i = 1; i < CAIRN_HEAP_CLASSES; i++) {
        part->drained = (uint8_t)(part->drained % (CAIRN_HEAP_CLASSES - 1) + 1);
        if (part->drained == size_class || part->class_chunks[part->drained] <= 1)
            continue;
        give_some(part, part->drained, DRAIN_ROWS);
        return;
    }
}

/* ---- runs ---- */

/*
 * A run's length: whole pages, whole blocks, and several of them if they are small. Its blocks are
 * as aligned as their size allows.
 */
static size_t run_granules(size_t granules)
{
    size_t power = lowest_power(granules);
    size_t run = power >= GRANULES_PER_PAGE ? granules : granules * (GRANULES_PER_PAGE / power);
    while (run * 2 <= RUN_GRANULES && run * 2 / granules <= CHUNK_BLOCKS + 1)
        run *= 2;
    return run;
}

/* How many blocks the class's magazine has room for. */
static size_t room_for(const struct cairn_heap_part *part, unsigned size_class)
{
    size_t here =
        part->class_chunks[size_class] ? CHUNK_BLOCKS - blocks_below(part->top[size_class]) : 0;
    return here + chunks_to_add(part, size_class) * (size_t)CHUNK_BLOCKS;
}

/*
 * Cuts blocks off the end of [run, run + blocks * granules) as the top chunk has room for, and
 * returns how many are left to cut.
 */
static size_t fill_chunk(struct cairn_heap_part *part, unsigned size_class, size_t run,
                         size_t blocks)
{
    size_t granules = cairn_class_granules[size_class];
    uint32_t room = CHUNK_BLOCKS - blocks_below(part->top[size_class]);
    uint32_t count = blocks < room ? (uint32_t)blocks : room, proof = cairn_heap_proof(size_class);
    struct cairn_heap_slot *slot = cairn_heap_slot_at(part, part->top[size_class]);
    for (uint32_t i = 0; i < count; i++, slot++) {
        uint32_t position = (uint32_t)(run + --blocks * granules);
        *slot = CAIRN_LITERAL(struct cairn_heap_slot){position, proof + position};
        set_bit(part->classed, position);
    }
    part->top[size_class] += count * (uint32_t)SLOT_BYTES;
    part->carved[size_class] += count;
    return blocks;
}

/* Cuts a run into blocks, the lowest on top of the magazine. What finds no room goes back. */
static void carve(struct cairn_heap_part *part, unsigned size_class, size_t run, size_t length)
{
    size_t granules = cairn_class_granules[size_class];
    size_t blocks = length / granules, room = room_for(part, size_class);
    for (size_t page = run; page < run + length; page += GRANULES_PER_PAGE)
        set_tag(part, page, size_class);
    if (blocks > room) {
        blocks = room;
        cairn_bins_give_granules(part, run + blocks * granules, length - blocks * granules);
    }
    while (blocks > 0) {
        bool has_room = !is_full(part->top[size_class]) || add_chunk(part, size_class);
        cairn_check(has_room, "cairn: the heap is damaged: the magazine of class %u has no room",
                    size_class);
        blocks = fill_chunk(part, size_class, run, blocks);
    }
}

static bool cut_run(struct cairn_heap_part *part, unsigned size_class)
{
    size_t granules = cairn_class_granules[size_class], length = run_granules(granules);
    size_t power = lowest_power(granules);
    /* Who has given blocks back, and needs some, has too little room; the general heap serves now. */
    if (room_for(part, size_class) == 0 || (part->spilled & bit_of(size_class))) {
        part->spilled &= ~bit_of(size_class);
        spill_another(part, size_class);
        return false;
    }
    size_t run = cairn_bins_take_granules(part, length,
                                          power < GRANULES_PER_PAGE ? GRANULES_PER_PAGE : power);
    if (run == NONE)
        return false;
    carve(part, size_class, run, length);
    return true;
}

/* ---- what the inline functions leave undone ---- */

/* Whether the class is asked for often; the request at hand is counted. */
static bool is_warm(struct cairn_heap_part *part, unsigned size_class)
{
    if (part->class_misses[size_class] >= WARM)
        return true;
    part->class_misses[size_class]++;
    return false;
}

/* As has_top(), and so that some more blocks may come and go before a chunk is full or empty. */
static bool load_top(struct cairn_heap_part *part, unsigned size_class)
{
    uint32_t top = part->top[size_class];
    if (top == NO_CHUNK || blocks_below(top) > 0 ||
        older_blocks(part, chunk_of_top(top)) < CHUNK_BLOCKS)
        return has_top(part, size_class);
    halve_older(part, size_class);
    return true;
}

bool cairn_front_refill(struct cairn_heap_part *part, unsigned size_class)
{
    check_top(part, size_class);
    if (!load_top(part, size_class) && (part->taken >= part->front_share ||
                                        !is_warm(part, size_class) || !cut_run(part, size_class)))
        return false;
    cairn_front_check_cached(part, size_class, cairn_heap_slot_at(part, part->top[size_class]) - 1);
    return true;
}

bool cairn_front_make_room(struct cairn_heap_part *part, unsigned size_class)
{
    check_top(part, size_class);
    uint32_t top = part->top[size_class];
    if (is_full(top)) {
        if (add_chunk(part, size_class))
            return true;
        part->spilled |= bit_of(size_class);
        return give_some(part, size_class, SPILL_ROWS);
    }
    cairn_check(cairn_heap_slot_at(part, top)->proof == cairn_heap_proof(size_class),
                "cairn: the heap is damaged: there is a block above the top of class %u",
                size_class);
    return true;
}

/* SPDX-License-Identifier: MIT */
#include "replay.h"

#include "system_memory.h"

/* What a block's ends hold: something that tells its slot from its neighbours. */
static unsigned char mark_of(uint32_t slot)
{
    return (unsigned char)(slot * 151 + 7);
}

static void mark_ends(struct replay_slot *slot, uint32_t number)
{
    slot->block[0] = mark_of(number);
    slot->block[slot->size - 1] = mark_of(number);
}

static size_t table_bytes(const struct trace *trace)
{
    return (trace->slot_count + 1) * sizeof(struct replay_slot);
}

void replay_begin(struct replay *replay, const struct trace *trace, struct cairn_allocator *heap,
                  bool verify)
{
    *replay = (struct replay){trace, heap, verify, system_memory_map(table_bytes(trace))};
}

static bool replay_alloc(struct replay *replay, const struct trace_record *record)
{
    struct replay_slot *slot = &replay->slots[record->slot];
    struct cairn_layout layout = {record->size, (size_t)1 << record->align_log2};
    slot->block = record->operation == TRACE_ALLOC
                      ? cairn_allocator_alloc(replay->heap, layout)
                      : cairn_allocator_alloc_zeroed(replay->heap, layout);
    if (!slot->block)
        return false;
    slot->size = layout.size;
    slot->align = layout.align;
    mark_ends(slot, record->slot);
    return true;
}

static void check_moved(const struct replay_slot *slot, size_t old_size, uint32_t number)
{
    bool kept = slot->block[0] == mark_of(number) &&
                (slot->size < old_size || slot->block[old_size - 1] == mark_of(number));
    cairn_check(kept,
                "replay: realloc of slot %u from %zu to %zu bytes lost the block's contents; the "
                "allocator is broken, or gave the memory to two",
                number, old_size, slot->size);
}

static bool replay_realloc(struct replay *replay, const struct trace_record *record)
{
    struct replay_slot *slot = &replay->slots[record->slot];
    struct cairn_layout layout = {slot->size, slot->align};
    void *block = cairn_allocator_realloc(replay->heap, slot->block, layout, record->size);
    if (!block)
        return false;
    slot->block = block;
    slot->size = record->size;
    if (replay->verify)
        check_moved(slot, layout.size, record->slot);
    mark_ends(slot, record->slot);
    return true;
}

static void empty(struct replay *replay, struct replay_slot *slot)
{
    struct cairn_layout layout = {slot->size, slot->align};
    cairn_allocator_dealloc(replay->heap, slot->block, layout);
    slot->block = NULL;
}

bool replay_run(struct replay *replay, size_t first, size_t end)
{
    const struct trace_record *records = replay->trace->records;
    for (const struct trace_record *record = records + first; record < records + end; record++) {
        bool served = true;
        if (record->operation == TRACE_DEALLOC)
            empty(replay, &replay->slots[record->slot]);
        else if (record->operation == TRACE_REALLOC)
            served = replay_realloc(replay, record);
        else
            served = replay_alloc(replay, record);
        if (!served)
            return false;
    }
    return true;
}

void replay_free(struct replay *replay)
{
    for (size_t i = 0; i < replay->trace->slot_count; i++) {
        if (replay->slots[i].block)
            empty(replay, &replay->slots[i]);
    }
}

void replay_end(struct replay *replay)
{
    system_memory_unmap(replay->slots, table_bytes(replay->trace));
}

/* SPDX-License-Identifier: MIT */
#include "heap.h"

static struct page page_at(uint64_t address)
{
    return page_containing((struct virtual_address){address});
}

static enum map_error map_fresh_frame(struct mapper *mapper, struct page page)
{
    struct frame frame;
    if (!frame_alloc(mapper->frames, &frame))
        return MAP_OUT_OF_FRAMES;
    enum map_error error = mapper_map(mapper, page, frame, PAGE_WRITABLE);
    if (error)
        frame_free(mapper->frames, frame);
    return error;
}

void unmap_region(struct mapper *mapper, uint64_t start, uint64_t size)
{
    for (uint64_t offset = 0; offset < size; offset += PAGE_SIZE) {
        struct frame frame;
        enum map_error error = mapper_unmap(mapper, page_at(start + offset), &frame);
        cairn_check(!error, "unmap_region: page %#llx: %s", (unsigned long long)(start + offset),
                    map_error_name(error));
        frame_free(mapper->frames, frame);
    }
}

enum map_error map_region(struct mapper *mapper, uint64_t start, uint64_t size)
{
    for (uint64_t offset = 0; offset < size; offset += PAGE_SIZE) {
        enum map_error error = map_fresh_frame(mapper, page_at(start + offset));
        if (error) {
            unmap_region(mapper, start, offset);
            return error;
        }
    }
    return MAP_OK;
}

enum map_error init_heap(struct mapper *mapper, uint64_t start, uint64_t size)
{
    enum map_error error = map_region(mapper, start, size);
    if (!error)
        global_allocator_init((void *)start, size);
    return error;
}

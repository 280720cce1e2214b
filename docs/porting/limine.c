/* SPDX-License-Identifier: MIT */
/* Cairn in a kernel that Limine has loaded: the largest usable run of memory becomes the heap. */
#include <limine.h>

#include "cairn.h"
#include "kernel.h" /* the kernel's own: interrupts_save(), processor_number(), serial_write() */

static struct cairn_heap heap = CAIRN_HEAP_EMPTY;
static struct cairn_locked locked = CAIRN_LOCKED(&heap.allocator, "kernel heap");
CAIRN_GLOBAL_ALLOCATOR(&locked.allocator);

/* The responses to the requests for the memory map and for the direct map of the higher half. */
bool heap_begin(const struct limine_memmap_response *map, const struct limine_hhdm_response *hhdm)
{
    const struct limine_memmap_entry *largest = NULL;
    for (uint64_t i = 0; i < map->entry_count; i++)
        if (map->entries[i]->type == LIMINE_MEMMAP_USABLE &&
            (!largest || map->entries[i]->length > largest->length))
            largest = map->entries[i];
    return largest && cairn_heap_init(&heap, (void *)(uintptr_t)(hhdm->offset + largest->base),
                                      largest->length) == CAIRN_REGION_OK;
}

cairn_host_interrupt_state cairn_host_interrupts_disable(void)
{
    return interrupts_save();
}

void cairn_host_interrupts_restore(cairn_host_interrupt_state state)
{
    interrupts_restore(state);
}

uintptr_t cairn_host_execution_id(void)
{
    return processor_number() + 1;
}

void cairn_host_relax(void)
{
    __asm__ volatile("pause");
}

void cairn_host_write(const char *text, size_t length)
{
    serial_write(text, length);
}

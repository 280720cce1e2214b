/* SPDX-License-Identifier: MIT */
/* Cairn as one of the heaps of LK's lib/heap/heap_wrapper.c, which includes this. */
#include "cairn.h"

static struct cairn_heap heap = CAIRN_HEAP_EMPTY;
static struct cairn_locked locked = CAIRN_LOCKED(&heap.allocator, "heap");
CAIRN_GLOBAL_ALLOCATOR(&locked.allocator);

#define HEAP_MALLOC                   cairn_malloc
#define HEAP_CALLOC                   cairn_calloc
#define HEAP_REALLOC                  cairn_realloc
#define HEAP_FREE                     cairn_free
#define HEAP_MEMALIGN(boundary, size) cairn_aligned_alloc((boundary) ? (boundary) : 1, size)
#define HEAP_DUMP()                   cairn_heap_dump(&heap)

/* The first run of pages that LK has is the heap. */
static void HEAP_INIT(void)
{
    size_t size;
    void *memory = page_first_alloc(&size);
    enum cairn_region_error error = cairn_heap_init(&heap, memory, size);
    cairn_check(error == CAIRN_REGION_OK, "heap_init: %s", cairn_region_error_text(error));
}

static void HEAP_TRIM(void)
{
    cairn_locked_lock(&locked);
    cairn_heap_flush(&heap);
    cairn_locked_unlock(&locked);
}

cairn_host_interrupt_state cairn_host_interrupts_disable(void)
{
    bool were_enabled = !arch_ints_disabled();
    arch_disable_ints();
    return were_enabled;
}

void cairn_host_interrupts_restore(cairn_host_interrupt_state were_enabled)
{
    if (were_enabled)
        arch_enable_ints();
}

uintptr_t cairn_host_execution_id(void)
{
    return arch_curr_cpu_num() + 1;
}

void cairn_host_write(const char *text, size_t length)
{
    printf("%.*s", (int)length, text);
}

/* SPDX-License-Identifier: MIT */
/* Arcs on the kernel's heap. */
#include "kernel_test.h"

struct device {
    uint64_t number;
    unsigned *closed;
};

static void device_drop(struct device *device)
{
    ++*device->closed;
}

#define T         arc_device
#define ITEM      struct device
#define ITEM_DROP device_drop
#include <cairn/arc.t.h>

#define T         vec_device
#define ITEM      arc_device
#define ITEM_DROP arc_device_drop
#include <cairn/vec.t.h>

TEST(the_last_owner_drops)
{
    unsigned closed = 0;
    arc_device again;
    owned(arc_device) device = arc_device_new((struct device){7, &closed});
    owned(arc_device_weak) seen = arc_device_downgrade(&device);
    {
        owned(vec_device) users = {0};
        for (size_t i = 0; i < 1000; i++)
            vec_device_push(&users, arc_device_clone(&device));
        cairn_check(arc_device_strong_count(&device) == 1001, "%zu owners",
                    arc_device_strong_count(&device));
        cairn_check(!arc_device_get_mut(&device), "it is shared");
    }
    cairn_check(closed == 0 && arc_device_weak_upgrade(&seen, &again), "it is gone");
    arc_device_drop(&again);
    arc_device_drop(&device);
    cairn_check(closed == 1, "it was dropped %u times", closed);
    cairn_check(!arc_device_weak_upgrade(&seen, &again), "it is still there");
}

/* A share that is never dropped would fill the heap. */
TEST(many_arcs)
{
    unsigned closed = 0;
    const size_t count = kernel.options.heap_size / sizeof(struct device);
    for (size_t i = 0; i < count; i++) {
        owned(arc_device) device = arc_device_new((struct device){i, &closed});
        owned(arc_device) also = arc_device_clone(&device);
        cairn_check(arc_device_value(&also)->number == i, "arc %zu", i);
    }
    cairn_check(closed == count, "%u were dropped", closed);
}

TEST(the_heap_is_full)
{
    unsigned closed = 0;
    size_t count = 0;
    owned(vec_device) devices = {0};
    arc_device device;
    while (arc_device_try_new(&device, (struct device){count, &closed}) == CAIRN_COLLECTION_OK &&
           vec_device_try_push(&devices, device) == CAIRN_COLLECTION_OK)
        count++;
    cairn_check(count > 100 && devices.length == count, "%zu fit, and %zu are there", count,
                devices.length);
    cairn_check(closed == 1, "what found no room was dropped %u times", closed);
    for (size_t i = 0; i < count; i++)
        cairn_check(arc_device_value(vec_device_at(&devices, i))->number == i, "arc %zu", i);
}

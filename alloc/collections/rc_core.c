/* SPDX-License-Identifier: MIT */
#include <cairn/rc_core.h>

void cairn_rc_release_weak(struct cairn_rc_counts *counts, struct cairn_layout layout)
{
    if (--counts->weak == 0)
        cairn_collection_dealloc(counts->allocator, counts, layout);
}

/* SPDX-License-Identifier: MIT */
#include "damage.h"

#include "ledger.h"
#include "seal.h"

void cairn_heap_report_damage(const struct cairn_heap_part *part, size_t position, const char *what)
{
    cairn_panic("cairn: the heap is damaged at %p: %s; look for who writes past the end of a "
                "block, or into a freed one",
                (void *)block_at(part, position), what);
}

void cairn_heap_report_seal(const struct cairn_heap_part *part)
{
    cairn_panic("cairn: the heap's own struct at %p is damaged: its seal is broken; look for who "
                "writes past the end of what lies before it",
                (const void *)part);
}

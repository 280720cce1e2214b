/* SPDX-License-Identifier: MIT */
/* Operations of the caches on a live block's size. */
#ifndef CAIRN_MAGAZINES_SIZES_H
#define CAIRN_MAGAZINES_SIZES_H

#include <cairn/magazines.h>

size_t cairn_magazines_usable_size(struct cairn_allocator *allocator, const void *block);
void *cairn_magazines_realloc(struct cairn_allocator *allocator, void *block,
                              struct cairn_layout layout, size_t new_size);

#endif

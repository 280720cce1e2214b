/* SPDX-License-Identifier: MIT */
/*
 * The size classes that allocators share: 8 of 16 bytes' distance up to 128 bytes, then 4 a doubling
 * up to 32 KiB. Rounding up to one loses nothing, beyond a multiple of 16, up to 128 bytes, and less
 * than 1/5 from there on.
 *
 * They are the same for all, so that a block that one hands to another stays in its class.
 */
#ifndef CAIRN_SIZE_CLASSES_H
#define CAIRN_SIZE_CLASSES_H

#include <stddef.h>
#include <stdint.h>

#define CAIRN_SIZE_CLASSES            41 /* number 0 is none */
#define CAIRN_SIZE_CLASS_GRANULE      16 /* bytes; sizes are counted in these */
#define CAIRN_SIZE_CLASS_MAX_GRANULES 2048

/* Granules of each class; of class 0 none. */
extern const uint16_t cairn_class_granules[CAIRN_SIZE_CLASSES];

/* The class for n granules, at [n - 1]. */
extern const uint8_t cairn_class_of_granules[CAIRN_SIZE_CLASS_MAX_GRANULES];

#endif

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

#include <cairn/base/language.h>

CAIRN_C_BEGIN

#define CAIRN_SIZE_CLASSES            41 /* number 0 is none */
#define CAIRN_SIZE_CLASS_GRANULE      16 /* bytes; sizes are counted in these */
#define CAIRN_SIZE_CLASS_MAX_GRANULES 2048

/* The initializer of an array that has this, a value or {...}, for each class. */
#define CAIRN_EACH_SIZE_CLASS(...)                                            \
    CAIRN_8_SIZE_CLASSES(__VA_ARGS__), CAIRN_8_SIZE_CLASSES(__VA_ARGS__),     \
        CAIRN_8_SIZE_CLASSES(__VA_ARGS__), CAIRN_8_SIZE_CLASSES(__VA_ARGS__), \
        CAIRN_8_SIZE_CLASSES(__VA_ARGS__), __VA_ARGS__
#define CAIRN_8_SIZE_CLASSES(...)                                                              \
    __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, \
        __VA_ARGS__

/* Granules of each class; of class 0 none. */
extern const uint16_t cairn_class_granules[CAIRN_SIZE_CLASSES];

/* The class for n granules, at [n - 1]. */
extern const uint8_t cairn_class_of_granules[CAIRN_SIZE_CLASS_MAX_GRANULES];

CAIRN_C_END

#endif

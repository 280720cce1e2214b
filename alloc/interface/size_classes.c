/* SPDX-License-Identifier: MIT */
/* The size classes as tables: 1 to 8 granules, then four a doubling, up to 2048. */
#include <cairn/size_classes.h>

/* clang-format off */

/* The largest number of granules in each class, and how many numbers belong to it. */
#define CLASSES(row) \
    row(1, TIMES_1)      row(2, TIMES_1)      row(3, TIMES_1)      row(4, TIMES_1) \
    row(5, TIMES_1)      row(6, TIMES_1)      row(7, TIMES_1)      row(8, TIMES_1) \
    row(10, TIMES_2)     row(12, TIMES_2)     row(14, TIMES_2)     row(16, TIMES_2) \
    row(20, TIMES_4)     row(24, TIMES_4)     row(28, TIMES_4)     row(32, TIMES_4) \
    row(40, TIMES_8)     row(48, TIMES_8)     row(56, TIMES_8)     row(64, TIMES_8) \
    row(80, TIMES_16)    row(96, TIMES_16)    row(112, TIMES_16)   row(128, TIMES_16) \
    row(160, TIMES_32)   row(192, TIMES_32)   row(224, TIMES_32)   row(256, TIMES_32) \
    row(320, TIMES_64)   row(384, TIMES_64)   row(448, TIMES_64)   row(512, TIMES_64) \
    row(640, TIMES_128)  row(768, TIMES_128)  row(896, TIMES_128)  row(1024, TIMES_128) \
    row(1280, TIMES_256) row(1536, TIMES_256) row(1792, TIMES_256) row(2048, TIMES_256)

#define TIMES_1(value)   value,
#define TIMES_2(value)   TIMES_1(value) TIMES_1(value)
#define TIMES_4(value)   TIMES_2(value) TIMES_2(value)
#define TIMES_8(value)   TIMES_4(value) TIMES_4(value)
#define TIMES_16(value)  TIMES_8(value) TIMES_8(value)
#define TIMES_32(value)  TIMES_16(value) TIMES_16(value)
#define TIMES_64(value)  TIMES_32(value) TIMES_32(value)
#define TIMES_128(value) TIMES_64(value) TIMES_64(value)
#define TIMES_256(value) TIMES_128(value) TIMES_128(value)

/* Class n is called UP_TO_m, after the most granules that it has. */
#define NAME_OF_CLASS(granules, times) UP_TO_##granules,
enum size_class { NO_CLASS, CLASSES(NAME_OF_CLASS) CLASS_COUNT };
CAIRN_STATIC_ASSERT(CLASS_COUNT == CAIRN_SIZE_CLASSES, "the table has a row for each class");

/* clang-format on */

#define GRANULES_OF_CLASS(granules, times) granules,
const uint16_t cairn_class_granules[CAIRN_SIZE_CLASSES] = {0, CLASSES(GRANULES_OF_CLASS)};

#define CLASS_OF_GRANULES(granules, times) times(UP_TO_##granules)
const uint8_t cairn_class_of_granules[CAIRN_SIZE_CLASS_MAX_GRANULES] = {CLASSES(CLASS_OF_GRANULES)};

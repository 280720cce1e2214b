/* SPDX-License-Identifier: MIT */
/* The size classes as tables: 1 to 8 granules, then four a doubling, up to 2048. */
#include <cairn/size_classes.h>

/* Class number, smallest and largest number of granules in it. */
#define CLASSES(row)                                                                               \
    row(1, 1, 1) row(2, 2, 2) row(3, 3, 3) row(4, 4, 4) row(5, 5, 5) row(6, 6, 6) row(7, 7, 7)     \
        row(8, 8, 8) row(9, 9, 10) row(10, 11, 12) row(11, 13, 14) row(12, 15, 16) row(13, 17, 20) \
            row(14, 21, 24) row(15, 25, 28) row(16, 29, 32) row(17, 33, 40) row(18, 41, 48)        \
                row(19, 49, 56) row(20, 57, 64) row(21, 65, 80) row(22, 81, 96) row(23, 97, 112)   \
                    row(24, 113, 128) row(25, 129, 160) row(26, 161, 192) row(27, 193, 224)        \
                        row(28, 225, 256) row(29, 257, 320) row(30, 321, 384) row(31, 385, 448)    \
                            row(32, 449, 512) row(33, 513, 640) row(34, 641, 768)                  \
                                row(35, 769, 896) row(36, 897, 1024) row(37, 1025, 1280)           \
                                    row(38, 1281, 1536) row(39, 1537, 1792) row(40, 1793, 2048)

#define GRANULES_ROW(size_class, from, to) [size_class] = to,
const uint16_t cairn_class_granules[CAIRN_SIZE_CLASSES] = {CLASSES(GRANULES_ROW)};

#define CLASS_ROW(size_class, from, to) [(from)-1 ...(to) - 1] = size_class,
const uint8_t cairn_class_of_granules[CAIRN_SIZE_CLASS_MAX_GRANULES] = {CLASSES(CLASS_ROW)};

/* SPDX-License-Identifier: MIT */
/*
 * The parts of the test program that runs on every target: bare metal, under an operating system,
 * in WebAssembly. It needs base, alloc and a host, and no C library. What fails is a panic.
 */
#ifndef CROSS_H
#define CROSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cairn/base/check.h>
#include <cairn/heap.h>

/* Bytes that the allocators under test hand out. A small board gets less from its build. */
#ifndef CROSS_MEMORY
#define CROSS_MEMORY (64 * 1024)
#endif

/* One part has them at a time, for a small board has them but once. */
extern unsigned char cross_memory[CROSS_MEMORY];
extern struct cairn_heap cross_heap;

#define expect(condition, what) cairn_check(condition, "cross: expected %s: %s", #condition, what)

/* Writes a line to the host's console, as printf. */
void cross_print(const char *format, ...) CAIRN_FORMAT(1, 2);

/* Bits, memory and format. */
void cross_base(void);

/* Random actions over every allocator, and every wrapper that fits a small board. */
void cross_allocators(uint64_t seed);

/* The same for what needs more memory; in large.c, or in small.c, which has none. */
void cross_large(uint64_t seed);

/* Box, vec and rc. */
void cross_collections(void);

/* Makes the named mistake, which must panic; false if no mistake has that name. */
bool cross_mistake(const char *name);

#endif

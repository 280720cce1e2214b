/* SPDX-License-Identifier: MIT */
/*
 * What <string.h> declares and every compiler takes for granted: memcpy, memmove, memset, memcmp,
 * and strlen. Linked where there is no libc; contracts as in ISO/IEC 9899:2018, 7.24.
 *
 * The idea: whole words first, single bytes for what is left over. Words are read and written
 * where they lie, aligned or not: most processors do that in one instruction, and for the others
 * the compiler takes them apart.
 *
 * Optimisers recognise a loop that copies, fills or counts, and replace it by a call of memcpy,
 * memset or strlen: here, by a call to itself without end. Every value that such a loop carries
 * goes through opaque_*(), which cost no instruction and leave nothing to recognise. Flags forbid
 * it too, -ffreestanding with the compilers of today; but a heap that works only with the right
 * flags would be a trap for whoever takes this file elsewhere.
 *
 * What it is bad at: a tail takes up to seven steps of one byte, and vector registers, which the
 * kernel does not touch, would move large blocks faster.
 */
#include <stddef.h>
#include <stdint.h>

#include <cairn/base/language.h>

/* As <string.h> declares them; there may be none. */
CAIRN_C_BEGIN
void *memcpy(void *__restrict to, const void *__restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *block, int value, size_t size);
int memcmp(const void *left, const void *right, size_t size);
size_t strlen(const char *text);
CAIRN_C_END

/* A word anywhere in any object. */
typedef uintptr_t __attribute__((may_alias, aligned(1))) word;

static inline uintptr_t opaque_word(uintptr_t value)
{
    __asm__("" : "+r"(value));
    return value;
}

static inline unsigned char opaque_byte(unsigned char value)
{
    __asm__("" : "+r"(value));
    return value;
}

/* Upwards, so the destination may overlap the source from below. */
static void copy_upwards(unsigned char *to, const unsigned char *from, size_t size)
{
    for (; size >= sizeof(word); size -= sizeof(word)) {
        *(word *)to = opaque_word(*(const word *)from);
        to += sizeof(word);
        from += sizeof(word);
    }
    for (; size > 0; size--)
        *to++ = opaque_byte(*from++);
}

/* Downwards, so the destination may overlap the source from above. */
static void copy_downwards(unsigned char *to, const unsigned char *from, size_t size)
{
    for (; size >= sizeof(word); size -= sizeof(word))
        *(word *)(to + size - sizeof(word)) =
            opaque_word(*(const word *)(from + size - sizeof(word)));
    for (; size > 0; size--)
        to[size - 1] = opaque_byte(from[size - 1]);
}

void *memcpy(void *__restrict to, const void *__restrict from, size_t size)
{
    copy_upwards((unsigned char *)to, (const unsigned char *)from, size);
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    unsigned char *bytes = (unsigned char *)to;
    /* Unsigned: a destination below the source is far above it, modulo the address space. */
    if ((uintptr_t)to - (uintptr_t)from >= size)
        copy_upwards(bytes, (const unsigned char *)from, size);
    else
        copy_downwards(bytes, (const unsigned char *)from, size);
    return to;
}

void *memset(void *block, int value, size_t size)
{
    unsigned char byte = (unsigned char)value;
    uintptr_t bytes = byte * (UINTPTR_MAX / 0xff); /* the byte in every byte of a word */
    unsigned char *to = (unsigned char *)block;
    for (; size >= sizeof(word); size -= sizeof(word)) {
        *(word *)to = opaque_word(bytes);
        to += sizeof(word);
    }
    for (; size > 0; size--)
        *to++ = opaque_byte(byte);
    return block;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const unsigned char *a = (const unsigned char *)left, *b = (const unsigned char *)right;
    for (; size >= sizeof(word); size -= sizeof(word)) {
        if (opaque_word(*(const word *)a) != *(const word *)b)
            break;
        a += sizeof(word);
        b += sizeof(word);
    }
    for (; size > 0; size--, a++, b++)
        if (opaque_byte(*a) != *b)
            return *a < *b ? -1 : 1;
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;
    while (opaque_byte((unsigned char)text[length]) != '\0')
        length++;
    return length;
}

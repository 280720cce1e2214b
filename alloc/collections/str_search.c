/* SPDX-License-Identifier: MIT */
/*
 * Where a text is part of another one.
 *
 * Forward, the first and the last byte of the part are looked for together, at many places at once; where
 * both are there, the rest is compared. That passes over most texts faster than by any other way that
 * needs no table. A text made to deceive it would cost the product of both lengths: so once the bytes
 * compared in vain are more than those passed over, the two-way algorithm goes on, which is linear.
 *
 * What it is bad at: backward there is the two-way algorithm alone.
 */
#include <cairn/str.h>

/* ---- Two-way ---- */

/*
 * The part is cut in two where its period shows most clearly. The right half is compared first, from
 * left to right: where it differs the part moves past the difference. Then the left half: where that
 * differs the part moves by its period. So no byte is looked at more than three times. The same, with
 * both texts read from right to left, finds the last occurrence.
 *
 * Sources: M. Crochemore and D. Perrin, "Two-way string-matching", JACM 38 (1991). The set of bytes,
 * which often lets it pass over the part's whole length, is that of Rust's core::str::pattern.
 */
struct reading {
    const char *bytes;
    size_t length;
    bool is_backward;
};

static inline unsigned char byte_of(const struct reading *text, size_t index)
{
    return (unsigned char)text->bytes[text->is_backward ? text->length - 1 - index : index];
}

/* Where the largest suffix begins, in the order of bytes or in its reverse; and its period. */
static inline size_t largest_suffix(const struct reading *part, bool in_reverse, size_t *period)
{
    size_t suffix = 0, candidate = 1, offset = 0;
    *period = 1;
    while (candidate + offset < part->length) {
        unsigned char known = byte_of(part, suffix + offset);
        unsigned char found = byte_of(part, candidate + offset);
        if (found == known && offset + 1 < *period) {
            offset++;
        } else if (found == known) {
            candidate += *period;
            offset = 0;
        } else if ((found < known) != in_reverse) {
            candidate += offset + 1;
            offset = 0;
            *period = candidate - suffix;
        } else {
            suffix = candidate++;
            offset = 0;
            *period = 1;
        }
    }
    return suffix;
}

static inline bool repeats(const struct reading *part, size_t period, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (byte_of(part, i) != byte_of(part, period + i))
            return false;
    return true;
}

static inline uint64_t set_of_bytes(const struct reading *part)
{
    uint64_t set = 0;
    for (size_t i = 0; i < part->length; i++)
        set |= UINT64_C(1) << (byte_of(part, i) & 63);
    return set;
}

/* Where the part occurs first in reading order; false if nowhere. Needs: it is not empty. */
static inline bool search(const struct reading *text, const struct reading *part, size_t *place)
{
    size_t period, other_period;
    size_t cut = largest_suffix(part, false, &period);
    size_t other_cut = largest_suffix(part, true, &other_period);
    if (other_cut > cut) {
        cut = other_cut;
        period = other_period;
    }
    uint64_t set = set_of_bytes(part);
    bool is_periodic = cut + period <= part->length && repeats(part, period, cut);
    if (!is_periodic)
        period = (cut > part->length - cut ? cut : part->length - cut) + 1;

    size_t at = 0, known = 0; /* bytes of the part that are known to occur at `at` */
    while (part->length <= text->length && at <= text->length - part->length) {
        if (!(set >> (byte_of(text, at + part->length - 1) & 63) & 1)) {
            at += part->length;
            known = 0;
            continue;
        }
        size_t right = cut > known ? cut : known;
        while (right < part->length && byte_of(part, right) == byte_of(text, at + right))
            right++;
        if (right < part->length) {
            at += right - cut + 1;
            known = 0;
            continue;
        }
        size_t left = cut;
        while (left > known && byte_of(part, left - 1) == byte_of(text, at + left - 1))
            left--;
        if (left <= known) {
            *place = at;
            return true;
        }
        at += period;
        known = is_periodic ? part->length - period : 0;
    }
    return false;
}

/* ---- Two bytes at many places ---- */

/* The bytes that the part begins and ends with, and how far one is from the other. */
struct ends {
    unsigned char first;
    unsigned char last;
    size_t distance;
};

#ifdef __SSE2__

typedef char vector __attribute__((vector_size(16)));
typedef char unaligned_vector __attribute__((vector_size(16), aligned(1), may_alias));

enum { PLACES = sizeof(vector), BITS_OF_PLACE = 1 };

static vector each_byte(unsigned char byte)
{
    char each = (char)byte;
    return CAIRN_LITERAL(vector){each, each, each, each, each, each, each, each,
                                 each, each, each, each, each, each, each, each};
}

static inline vector vector_at(const char *at)
{
    return *(const unaligned_vector *)(const void *)at;
}

/* The places from `at` on where both bytes are; each is a bit. */
static inline uint64_t places_of(const char *at, const struct ends *ends)
{
    vector both = (vector)(vector_at(at) == each_byte(ends->first)) &
                  (vector)(vector_at(at + ends->distance) == each_byte(ends->last));
    return (uint64_t)(unsigned)__builtin_ia32_pmovmskb128(both);
}

#else

enum { PLACES = sizeof(uint64_t), BITS_OF_PLACE = 8 };

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The first byte is the lowest on every machine. */
static inline uint64_t word_at(const char *at)
{
    uint64_t word;
    __builtin_memcpy(&word, at, sizeof(word));
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
}

/*
 * The places from `at` on where both bytes are; each is the upper bit of eight. Above one that is right
 * there may be wrong ones.
 */
static inline uint64_t places_of(const char *at, const struct ends *ends)
{
    uint64_t differing = (word_at(at) ^ EACH_BYTE(ends->first)) |
                         (word_at(at + ends->distance) ^ EACH_BYTE(ends->last));
    return (differing - EACH_BYTE(0x01)) & ~differing & EACH_BYTE(0x80);
}

#endif

/* Passes over four times as many places at once, as long as the part can be at none of them. */
static inline size_t skip_places(cairn_str text, size_t at, size_t end, const struct ends *ends)
{
    while (end - at >= 4 * PLACES) {
        const char *from = &text.bytes[at];
        if (places_of(from, ends) | places_of(from + PLACES, ends) |
            places_of(from + 2 * PLACES, ends) | places_of(from + 3 * PLACES, ends))
            break;
        at += 4 * PLACES;
    }
    return at;
}

static inline size_t common_length(const char *one, const char *other, size_t length)
{
    size_t common = 0;
    while (common < length && one[common] == other[common])
        common++;
    return common;
}

/* How a search went on: where the part is; or from where on it is still to be looked for. */
struct progress {
    size_t at;
    size_t compared; /* bytes, in vain */
    bool is_found;
};

/* Looks at places from progress->at on, each a bit of the set. */
static inline void compare_at(cairn_str text, cairn_str part, uint64_t places,
                              struct progress *progress)
{
    size_t from = progress->at;
    for (; places != 0; places &= places - 1) {
        progress->at = from + (size_t)__builtin_ctzll(places) / BITS_OF_PLACE;
        size_t common = common_length(&text.bytes[progress->at], part.bytes, part.length);
        progress->is_found = common == part.length;
        if (progress->is_found)
            return;
        progress->compared += common;
    }
    progress->at = from;
}

/* Goes on as long as that is worth it, and until fewer than PLACES places are left. */
static struct progress search_places(cairn_str text, cairn_str part)
{
    size_t end = text.length - part.length + 1; /* of the places where the part could be */
    struct ends ends = {(unsigned char)part.bytes[0], (unsigned char)part.bytes[part.length - 1],
                        part.length - 1};
    struct progress progress = {0, 0, false};
    while (end - progress.at >= PLACES && progress.compared <= progress.at + 4 * PLACES) {
        progress.at = skip_places(text, progress.at, end, &ends);
        if (end - progress.at < PLACES)
            break;
        compare_at(text, part, places_of(&text.bytes[progress.at], &ends), &progress);
        if (progress.is_found)
            break;
        progress.at += PLACES;
    }
    return progress;
}

/* ---- The whole ---- */

static bool find_from(cairn_str text, cairn_str part, size_t from, size_t *index)
{
    struct reading rest = {&text.bytes[from], text.length - from, false};
    struct reading wanted = {part.bytes, part.length, false};
    bool is_found = search(&rest, &wanted, index);
    if (is_found)
        *index += from;
    return is_found;
}

bool cairn_str_find(cairn_str text, cairn_str part, size_t *index)
{
    if (part.length == 0) {
        *index = 0;
        return true;
    }
    if (part.length > text.length)
        return false;
    struct progress progress = search_places(text, part);
    if (!progress.is_found)
        return find_from(text, part, progress.at, index);
    *index = progress.at;
    return true;
}

bool cairn_str_rfind(cairn_str text, cairn_str part, size_t *index)
{
    struct reading whole = {text.bytes, text.length, true};
    struct reading wanted = {part.bytes, part.length, true};
    size_t from_end = 0;
    if (part.length > 0 && !search(&whole, &wanted, &from_end))
        return false;
    *index = text.length - from_end - part.length;
    return true;
}

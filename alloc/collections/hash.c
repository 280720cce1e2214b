/* SPDX-License-Identifier: MIT */
#include <cairn/base/host.h>
#include <cairn/base/spinlock.h>
#include <cairn/hash.h>

/* ---- SipHash ---- */

struct sip_state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate_left(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void sip_round(struct sip_state *state)
{
    state->v0 += state->v1;
    state->v2 += state->v3;
    state->v1 = rotate_left(state->v1, 13) ^ state->v0;
    state->v3 = rotate_left(state->v3, 16) ^ state->v2;
    state->v0 = rotate_left(state->v0, 32) + state->v3;
    state->v2 += state->v1;
    state->v1 = rotate_left(state->v1, 17) ^ state->v2;
    state->v3 = rotate_left(state->v3, 21) ^ state->v0;
    state->v2 = rotate_left(state->v2, 32);
}

static void sip_take_in(struct sip_state *state, uint64_t word)
{
    state->v3 ^= word;
    sip_round(state);
    state->v0 ^= word;
}

/* Up to 8 bytes as a number, the first the lowest. */
static uint64_t few_bytes(const unsigned char *bytes, size_t count)
{
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++)
        word |= (uint64_t)bytes[i] << 8 * i;
    return word;
}

static uint64_t eight_bytes(const unsigned char *bytes)
{
    uint64_t word;
    __builtin_memcpy(&word, bytes, sizeof(word));
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? word : __builtin_bswap64(word);
}

uint64_t cairn_hash_bytes(const void *bytes, size_t length, const struct cairn_hash_seed *seed)
{
    struct sip_state state = {seed->halves[0] ^ UINT64_C(0x736f6d6570736575),
                              seed->halves[1] ^ UINT64_C(0x646f72616e646f6d),
                              seed->halves[0] ^ UINT64_C(0x6c7967656e657261),
                              seed->halves[1] ^ UINT64_C(0x7465646279746573)};
    const unsigned char *at = (const unsigned char *)bytes;
    for (size_t left = length / 8; left > 0; left--, at += 8)
        sip_take_in(&state, eight_bytes(at));
    sip_take_in(&state, few_bytes(at, length % 8) | (uint64_t)length << 56);
    state.v2 ^= 0xff;
    for (unsigned i = 0; i < 3; i++)
        sip_round(&state);
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

/* ---- Seeds: the hash of a number, with a key that is drawn once ---- */

static struct cairn_spinlock seed_key_lock = CAIRN_SPINLOCK("key of hash seeds");
static struct cairn_hash_seed seed_key; /* guarded by the lock until it is drawn */
static size_t seed_key_is_drawn;        /* 0 or 1: a word, for that is what all can load at once */
static size_t seeds_made;

static void draw_seed_key(void)
{
    cairn_spinlock_lock(&seed_key_lock);
    if (!__atomic_load_n(&seed_key_is_drawn, __ATOMIC_RELAXED)) {
        seed_key.halves[0] = cairn_host_random();
        seed_key.halves[1] = cairn_host_random();
        __atomic_store_n(&seed_key_is_drawn, 1, __ATOMIC_RELEASE);
    }
    cairn_spinlock_unlock(&seed_key_lock);
}

void cairn_hash_set_key(uint64_t low, uint64_t high)
{
    cairn_spinlock_lock(&seed_key_lock);
    seed_key.halves[0] = low;
    seed_key.halves[1] = high;
    seeds_made = 0;
    __atomic_store_n(&seed_key_is_drawn, 1, __ATOMIC_RELEASE);
    cairn_spinlock_unlock(&seed_key_lock);
}

struct cairn_hash_seed cairn_hash_new_seed(void)
{
    if (!__atomic_load_n(&seed_key_is_drawn, __ATOMIC_ACQUIRE))
        draw_seed_key();
    size_t number = __atomic_add_fetch(&seeds_made, 1, __ATOMIC_RELAXED);
    size_t numbers[2] = {number, 0};
    struct cairn_hash_seed seed = {{0, 0}};
    seed.halves[0] = cairn_hash_bytes(numbers, sizeof(numbers), &seed_key);
    numbers[1] = 1;
    seed.halves[1] = cairn_hash_bytes(numbers, sizeof(numbers), &seed_key) | 1;
    return seed;
}

/* SPDX-License-Identifier: MIT */
/* Hash sets with the interface of C++'s: SET is the library's template, HASH its hash of a key. */
#ifndef HASH_SET_HPP
#define HASH_SET_HPP

#include "items.h"

namespace
{

struct item_hash {
    size_t operator()(const item &one) const
    {
        return HASH()(one.key);
    }
};

struct equal_items {
    bool operator()(const item &one, const item &other) const
    {
        return one.key == other.key;
    }
};

using set = SET<item, item_hash, equal_items>;

set &as_set(void *made)
{
    return *static_cast<set *>(made);
}

void *make_empty(size_t)
{
    return new set;
}

void *make_reserved(size_t count)
{
    auto *made = new set;
    made->reserve(count);
    return made;
}

void drop(void *made)
{
    delete &as_set(made);
}

void insert(void *made, size_t place)
{
    as_set(made).insert(item_of(key_at(place)));
}

void find(void *made, item_key key)
{
    auto found = as_set(made).find(item_of(key));
    keep(found == as_set(made).end() ? 0 : found->key);
}

void hit(void *made, size_t place)
{
    find(made, key_at(place));
}

void miss(void *made, size_t place)
{
    find(made, missing_key_at(place));
}

void erase(void *made, size_t place)
{
    keep(as_set(made).erase(item_of(key_at(place))));
}

size_t iterate(void *made, size_t count)
{
    uint64_t sum = 0;
    for (const item &one : as_set(made))
        sum += one.key;
    keep(sum);
    return count;
}

size_t clone_drop(void *made, size_t count)
{
    set copy(as_set(made));
    keep(copy.size());
    return count;
}

} // namespace

#include "hash_rows.h"

#endif

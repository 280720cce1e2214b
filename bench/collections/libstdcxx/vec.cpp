/* SPDX-License-Identifier: MIT */
#include "items.h"

#include <algorithm>
#include <vector>

namespace
{

using vec = std::vector<item>;

vec &as_vec(void *made)
{
    return *static_cast<vec *>(made);
}

void *make_empty(size_t)
{
    return new vec;
}

void *make_reserved(size_t count)
{
    auto *made = new vec;
    made->reserve(count);
    return made;
}

void *make_full(size_t count)
{
    auto *made = new vec;
    for (size_t i = 0; i < count; i++)
        made->push_back(item_of(key_at(i)));
    return made;
}

void drop(void *made)
{
    delete &as_vec(made);
}

void push(void *made, size_t place)
{
    as_vec(made).push_back(item_of((item_key)place));
}
EACH(push)

void pop(void *made, size_t)
{
    vec &items = as_vec(made);
    if (items.empty())
        return;
    keep(items.back().key);
    items.pop_back();
}
EACH(pop)

void index_at(void *made, size_t place)
{
    keep(as_vec(made).at(random_place(place)).key);
}
EACH(index_at)

size_t iterate(void *made, size_t count)
{
    uint64_t sum = 0;
    for (const item &each : as_vec(made))
        sum += each.key;
    keep(sum);
    return count;
}

constexpr size_t MIDDLES = 64;

size_t insert_middle(void *made, size_t count)
{
    vec &items = as_vec(made);
    for (size_t i = 0; i < MIDDLES; i++)
        items.insert(items.begin() + (ptrdiff_t)(count / 2), item_of((item_key)i));
    return MIDDLES;
}

size_t erase_middle(void *made, size_t count)
{
    vec &items = as_vec(made);
    for (size_t i = 0; i < MIDDLES; i++) {
        auto place = items.begin() + (ptrdiff_t)(count / 3);
        keep(place->key);
        items.erase(place);
    }
    return MIDDLES;
}

size_t clone(void *made, size_t count)
{
    vec copy = as_vec(made);
    keep(copy[count - 1].key);
    return count;
}

bool is_less(const item &one, const item &other)
{
    return one.key < other.key;
}

size_t sort(void *made, size_t count)
{
    std::stable_sort(as_vec(made).begin(), as_vec(made).end(), is_less);
    return count;
}

size_t sort_unstable(void *made, size_t count)
{
    std::sort(as_vec(made).begin(), as_vec(made).end(), is_less);
    return count;
}

void *make_sorted(size_t count)
{
    void *made = make_full(count);
    sort(made, count);
    return made;
}

size_t binary_search(void *made, size_t count)
{
    const vec &items = as_vec(made);
    for (size_t place = 0; place < count; place++) {
        item wanted = item_of(key_at(place));
        auto found = std::lower_bound(items.begin(), items.end(), wanted, is_less);
        if (found != items.end() && found->key == wanted.key)
            keep((uint64_t)(found - items.begin()));
    }
    return count;
}

} // namespace

const row rows[] = {
    {"push", make_empty, push_each, drop, push},
    {"push_reserved", make_reserved, push_each, drop, nullptr},
    {"pop", make_full, pop_each, drop, nullptr},
    {"index", make_full, index_at_each, drop, nullptr},
    {"iterate", make_full, iterate, drop, nullptr},
    {"insert_middle", make_full, insert_middle, drop, nullptr},
    {"erase_middle", make_full, erase_middle, drop, nullptr},
    {"clone_drop", make_full, clone, drop, nullptr},
    {"sort", make_full, sort, drop, nullptr},
    {"sort_unstable", make_full, sort_unstable, drop, nullptr},
    {"sort_sorted", make_sorted, sort, drop, nullptr},
    {"binary_search", make_sorted, binary_search, drop, nullptr},
    {"memory", make_full, nullptr, drop, nullptr},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);

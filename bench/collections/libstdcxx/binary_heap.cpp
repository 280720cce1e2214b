/* SPDX-License-Identifier: MIT */
#include "items.h"

#include <algorithm>
#include <queue>
#include <vector>

namespace
{

struct less {
    bool operator()(const item &one, const item &other) const
    {
        return one.key < other.key;
    }
};

/* The vector of a priority_queue, which is a heap of <algorithm>, can be taken and put back. */
struct heap : std::priority_queue<item, std::vector<item>, less> {
    std::vector<item> &items()
    {
        return c;
    }
};

heap &as_heap(void *made)
{
    return *static_cast<heap *>(made);
}

void *make_empty(size_t)
{
    return new heap;
}

void *make_full(size_t count)
{
    auto *made = new heap;
    for (size_t i = 0; i < count; i++)
        made->push(item_of(key_at(i)));
    return made;
}

void *make_unordered(size_t count)
{
    auto *made = new heap;
    for (size_t i = 0; i < count; i++)
        made->items().push_back(item_of(key_at(i)));
    return made;
}

void drop(void *made)
{
    delete &as_heap(made);
}

void push(void *made, size_t place)
{
    as_heap(made).push(item_of(key_at(place)));
}
EACH(push)

void push_ordered(void *made, size_t place)
{
    as_heap(made).push(item_of(ordered_key_at(place)));
}
EACH(push_ordered)

void pop(void *made, size_t)
{
    heap &items = as_heap(made);
    if (items.empty())
        return;
    keep(items.top().key);
    items.pop();
}
EACH(pop)

size_t from_vec(void *made, size_t count)
{
    auto &items = as_heap(made).items();
    std::make_heap(items.begin(), items.end(), less());
    keep(items.front().key);
    return count;
}

size_t into_sorted_vec(void *made, size_t count)
{
    auto &items = as_heap(made).items();
    std::sort_heap(items.begin(), items.end(), less());
    keep(items.front().key);
    return count;
}

} // namespace

const row rows[] = {
    {"push", make_empty, push_each, drop, push},
    {"push_ordered", make_empty, push_ordered_each, drop, nullptr},
    {"pop", make_full, pop_each, drop, pop},
    {"from_vec", make_unordered, from_vec, drop, nullptr},
    {"into_sorted_vec", make_full, into_sorted_vec, drop, nullptr},
    {"memory", make_full, nullptr, drop, nullptr},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);

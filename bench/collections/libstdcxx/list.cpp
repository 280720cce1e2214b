/* SPDX-License-Identifier: MIT */
#include "items.h"

#include <list>

namespace
{

using list = std::list<item>;

list &as_list(void *made)
{
    return *static_cast<list *>(made);
}

void *make_empty(size_t)
{
    return new list;
}

void *make_full(size_t count)
{
    auto *made = new list;
    for (size_t i = 0; i < count; i++)
        made->push_back(item_of(key_at(i)));
    return made;
}

void drop(void *made)
{
    delete &as_list(made);
}

void push_back(void *made, size_t place)
{
    as_list(made).push_back(item_of((item_key)place));
}
EACH(push_back)

void pop_front(void *made, size_t)
{
    list &items = as_list(made);
    if (items.empty())
        return;
    keep(items.front().key);
    items.pop_front();
}
EACH(pop_front)

void turn(void *made, size_t place)
{
    as_list(made).push_back(item_of((item_key)place));
    pop_front(made, place);
}
EACH(turn)

size_t iterate(void *made, size_t count)
{
    uint64_t sum = 0;
    for (const item &each : as_list(made))
        sum += each.key;
    keep(sum);
    return count;
}

size_t clone(void *made, size_t count)
{
    list copy = as_list(made);
    keep(copy.back().key);
    return count;
}

} // namespace

const row rows[] = {
    {"push_back", make_empty, push_back_each, drop, push_back},
    {"pop_front", make_full, pop_front_each, drop, pop_front},
    {"push_back_pop_front", make_full, turn_each, drop, nullptr},
    {"iterate", make_full, iterate, drop, nullptr},
    {"clone_drop", make_full, clone, drop, nullptr},
    {"memory", make_full, nullptr, drop, nullptr},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);

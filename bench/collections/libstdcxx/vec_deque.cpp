/* SPDX-License-Identifier: MIT */
#include "items.h"

#include <deque>

namespace
{

using deque = std::deque<item>;

deque &as_deque(void *made)
{
    return *static_cast<deque *>(made);
}

void *make_empty(size_t)
{
    return new deque;
}

void *make_full(size_t count)
{
    auto *made = new deque;
    for (size_t i = 0; i < count / 2; i++) {
        made->push_back(item_of(key_at(i)));
        made->push_front(item_of(key_at(count - 1 - i)));
    }
    return made;
}

void drop(void *made)
{
    delete &as_deque(made);
}

void push_back(void *made, size_t place)
{
    as_deque(made).push_back(item_of((item_key)place));
}
EACH(push_back)

void push_front(void *made, size_t place)
{
    as_deque(made).push_front(item_of((item_key)place));
}
EACH(push_front)

void pop_front(void *made, size_t)
{
    deque &items = as_deque(made);
    if (items.empty())
        return;
    keep(items.front().key);
    items.pop_front();
}
EACH(pop_front)

void turn(void *made, size_t place)
{
    as_deque(made).push_back(item_of((item_key)place));
    pop_front(made, place);
}
EACH(turn)

void index_at(void *made, size_t place)
{
    keep(as_deque(made).at(random_place(place) / 2).key);
}
EACH(index_at)

size_t iterate(void *made, size_t count)
{
    uint64_t sum = 0;
    for (const item &each : as_deque(made))
        sum += each.key;
    keep(sum);
    return count;
}

constexpr size_t MIDDLES = 64;

size_t insert_middle(void *made, size_t count)
{
    deque &items = as_deque(made);
    for (size_t i = 0; i < MIDDLES; i++)
        items.insert(items.begin() + (ptrdiff_t)(count / 2), item_of((item_key)i));
    return MIDDLES;
}

size_t erase_middle(void *made, size_t count)
{
    deque &items = as_deque(made);
    size_t erased = count < MIDDLES ? count / 2 : MIDDLES;
    for (size_t i = 0; i < erased; i++) {
        auto place = items.begin() + (ptrdiff_t)(count / 3);
        keep(place->key);
        items.erase(place);
    }
    return erased;
}

size_t clone(void *made, size_t count)
{
    deque copy = as_deque(made);
    keep(copy.back().key);
    return count;
}

} // namespace

const row rows[] = {
    {"push_back", make_empty, push_back_each, drop, push_back},
    {"push_front", make_empty, push_front_each, drop, push_front},
    {"pop_front", make_full, pop_front_each, drop, pop_front},
    {"push_back_pop_front", make_full, turn_each, drop, nullptr},
    {"index", make_full, index_at_each, drop, nullptr},
    {"iterate", make_full, iterate, drop, nullptr},
    {"insert_middle", make_full, insert_middle, drop, nullptr},
    {"erase_middle", make_full, erase_middle, drop, nullptr},
    {"clone_drop", make_full, clone, drop, nullptr},
    {"memory", make_full, nullptr, drop, nullptr},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);

/* SPDX-License-Identifier: MIT */
/* The rows of an ordered set that has the interface of std::set, once by each. */
#include <algorithm>

namespace
{

set &as_set(void *made)
{
    return *static_cast<set *>(made);
}

void *make_empty(size_t)
{
    return new set;
}

void *make_full(size_t count)
{
    auto *made = new set;
    for (size_t i = 0; i < count; i++)
        made->insert(item_of(key_at(i)));
    return made;
}

struct two {
    set one, other;
};

void *make_two(size_t count)
{
    auto *made = new two;
    for (size_t i = 0; i < count; i++) {
        made->one.insert(item_of(key_at(i)));
        made->other.insert(item_of(i % 2 ? key_at(i) : missing_key_at(i)));
    }
    return made;
}

void drop(void *made)
{
    delete &as_set(made);
}

void drop_two(void *made)
{
    delete static_cast<two *>(made);
}

void insert(void *made, size_t place)
{
    as_set(made).insert(item_of(key_at(place)));
}
EACH(insert)

void contains(void *made, size_t place)
{
    keep(as_set(made).count(item_of(key_at(place))));
}

size_t contains_any(void *made, size_t count)
{
    for (size_t i = 0; i < count; i++)
        keep(as_set(made).count(item_of(ordered_key_at(any_place(count)))));
    return count;
}

void remove_one(void *made, size_t place)
{
    keep(as_set(made).erase(item_of(key_at(place))));
}
EACH(remove_one)

size_t iterate(void *made, size_t count)
{
    uint64_t sum = 0;
    for (const auto &item : as_set(made))
        sum += item.key;
    keep(sum);
    return count;
}

/* Where std::set_intersection() writes to: the sum of the keys. */
struct adder {
    uint64_t *sum;
    adder &operator*()
    {
        return *this;
    }
    adder &operator++()
    {
        return *this;
    }
    adder operator++(int)
    {
        return *this;
    }
    adder &operator=(const item &item)
    {
        *sum += item.key;
        return *this;
    }
};

size_t intersection(void *made, size_t count)
{
    auto &sets = *static_cast<two *>(made);
    uint64_t sum = 0;
    std::set_intersection(sets.one.begin(), sets.one.end(), sets.other.begin(), sets.other.end(),
                          adder{&sum}, less{});
    keep(sum);
    return count;
}

size_t clone(void *made, size_t count)
{
    set copy = as_set(made);
    keep(copy.size());
    return count;
}

} // namespace

const struct row rows[] = {
    {"insert", make_empty, insert_each, drop, insert},
    {"contains", make_full, contains_any, drop, contains},
    {"remove", make_full, remove_one_each, drop, remove_one},
    {"iterate", make_full, iterate, drop, nullptr},
    {"intersection", make_two, intersection, drop_two, nullptr},
    {"clone_drop", make_full, clone, drop, nullptr},
    {"memory", make_full, nullptr, drop, nullptr},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);

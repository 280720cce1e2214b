/* SPDX-License-Identifier: MIT */
/* The rows of an ordered map that has the interface of std::map, once by each. */

namespace
{

constexpr size_t RANGE = 16; /* entries */

map &as_map(void *made)
{
    return *static_cast<map *>(made);
}

void *make_empty(size_t)
{
    return new map;
}

void *make_full(size_t count)
{
    auto *made = new map;
    for (size_t i = 0; i < count; i++)
        made->emplace(key_at(i), item_of(key_at(i)));
    return made;
}

void drop(void *made)
{
    delete &as_map(made);
}

void insert(void *made, size_t place)
{
    as_map(made).emplace(key_at(place), item_of(key_at(place)));
}
EACH(insert)

void insert_ordered(void *made, size_t place)
{
    as_map(made).emplace(ordered_key_at(place), item_of(ordered_key_at(place)));
}
EACH(insert_ordered)

void get_key(void *made, item_key key)
{
    auto found = as_map(made).find(key);
    keep(found == as_map(made).end() ? 0 : found->second.key);
}

void get(void *made, size_t place)
{
    get_key(made, key_at(place));
}

size_t get_any(void *made, size_t count)
{
    for (size_t i = 0; i < count; i++)
        get_key(made, ordered_key_at(any_place(count)));
    return count;
}

size_t get_missing(void *made, size_t count)
{
    for (size_t i = 0; i < count; i++)
        get_key(made, ordered_key_at(any_place(count)) + 1);
    return count;
}

void remove_one(void *made, size_t place)
{
    auto found = as_map(made).find(key_at(place));
    if (found == as_map(made).end())
        return;
    keep(found->second.key);
    as_map(made).erase(found);
}
EACH(remove_one)

size_t iterate(void *made, size_t count)
{
    uint64_t sum = 0;
    for (const auto &entry : as_map(made))
        sum += entry.second.key;
    keep(sum);
    return count;
}

void range(void *made, size_t place)
{
    auto at = as_map(made).lower_bound(key_at(place));
    auto end = as_map(made).lower_bound(ordered_key_at(random_place(place) + RANGE));
    uint64_t sum = 0;
    for (; at != end; ++at)
        sum += at->second.key;
    keep(sum);
}
EACH(range)

size_t clone(void *made, size_t count)
{
    map copy = as_map(made);
    keep(copy.size());
    return count;
}

} // namespace

const struct row rows[] = {
    {"insert", make_empty, insert_each, drop, insert},
    {"insert_ordered", make_empty, insert_ordered_each, drop, insert_ordered},
    {"get", make_full, get_any, drop, get},
    {"get_missing", make_full, get_missing, drop, nullptr},
    {"remove", make_full, remove_one_each, drop, remove_one},
    {"iterate", make_full, iterate, drop, nullptr},
    {"range_16", make_full, range_each, drop, nullptr},
    {"clone_drop", make_full, clone, drop, nullptr},
    {"memory", make_full, nullptr, drop, nullptr},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);

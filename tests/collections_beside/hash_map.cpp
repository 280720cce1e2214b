/* SPDX-License-Identifier: MIT */
/* HashMap beside std::unordered_map: from each key to its value. Both are compared in the keys' order. */
#include "beside.hpp"

#include <algorithm>
#include <unordered_map>

#include <cairn/hash.h>

#define T           map_item
#define KEY         int
#define VALUE       beside::item
#define HASH        CAIRN_HASH_INTEGER
#define EQUAL       CAIRN_EQUAL_INTEGER
#define VALUE_DROP  beside::drop
#define VALUE_CLONE beside::try_clone
#include <cairn/hash_map.t.h>

using beside::choices;
using beside::expect;

namespace
{

constexpr size_t KEYS = 600;

struct pair {
    map_item ours = {};
    std::unordered_map<int, beside::twin> theirs;

    pair() = default;
    pair(const pair &) = delete;
    pair &operator=(const pair &) = delete;
    ~pair()
    {
        map_item_drop(&ours);
    }

    static std::vector<int> in_order(std::vector<std::pair<int, int>> entries)
    {
        std::vector<int> values;
        std::sort(entries.begin(), entries.end());
        for (auto [key, value] : entries) {
            values.push_back(key);
            values.push_back(value);
        }
        return values;
    }
    std::vector<int> our_values() const
    {
        std::vector<std::pair<int, int>> entries;
        for (map_item_iterator i = map_item_begin(&ours); map_item_next(&i);)
            entries.emplace_back(*i.key, *i.value->block);
        expect(entries.size() == ours.length, "ours has another length");
        return in_order(entries);
    }
    std::vector<int> their_values() const
    {
        std::vector<std::pair<int, int>> entries;
        for (const auto &[key, item] : theirs)
            entries.emplace_back(key, item.value());
        return in_order(entries);
    }
};

int some_key(choices &choose)
{
    return (int)choose.below(KEYS);
}

void expect_given(beside::item given, int value)
{
    int ours = *given.block;
    beside::drop(&given);
    expect(ours == value,
           "ours gave " + std::to_string(ours) + ", theirs " + std::to_string(value));
}

bool is_even(const int *key, beside::item *, void *)
{
    return *key % 2 == 0;
}

const beside::operation<pair> operations[] = {
    {"insert", 40,
     [](pair &both, choices &choose) {
         int key = some_key(choose), value = choose.value();
         bool is_new = map_item_insert(&both.ours, key, beside::make(value));
         expect(both.theirs.insert_or_assign(key, beside::twin(value)).second == is_new, "new");
     }},
    {"insert_row", 8,
     [](pair &both, choices &choose) {
         int key = some_key(choose), count = (int)choose.below(60);
         for (int i = key; i < key + count; i++) {
             map_item_insert(&both.ours, i, beside::make(i));
             both.theirs.insert_or_assign(i, beside::twin(i));
         }
     }},
    {"or_insert", 10,
     [](pair &both, choices &choose) {
         int key = some_key(choose), value = choose.value();
         beside::item *ours = map_item_or_insert(&both.ours, key, beside::make(value));
         auto theirs = both.theirs.try_emplace(key, value).first;
         expect(*ours->block == theirs->second.value(), "another value");
     }},
    {"replace", 10,
     [](pair &both, choices &choose) {
         int key = some_key(choose), value = choose.value();
         beside::item old;
         auto theirs = both.theirs.find(key);
         bool found = map_item_replace(&both.ours, key, beside::make(value), &old);
         expect(found == (theirs != both.theirs.end()), "found by one alone");
         if (found)
             expect_given(old, theirs->second.value());
         both.theirs.insert_or_assign(key, beside::twin(value));
     }},
    {"get", 10,
     [](pair &both, choices &choose) {
         int key = some_key(choose);
         const beside::item *ours = map_item_get(&both.ours, &key);
         auto theirs = both.theirs.find(key);
         expect((ours != nullptr) == (theirs != both.theirs.end()), "found by one alone");
         if (ours)
             expect(*ours->block == theirs->second.value(), "another value");
     }},
    {"remove", 25,
     [](pair &both, choices &choose) {
         int key = some_key(choose);
         beside::item item;
         bool found = map_item_remove(&both.ours, &key, &item);
         auto theirs = both.theirs.find(key);
         expect(found == (theirs != both.theirs.end()), "found by one alone");
         if (!found)
             return;
         expect_given(item, theirs->second.value());
         both.theirs.erase(theirs);
     }},
    {"entry_remove", 8,
     [](pair &both, choices &choose) {
         int key = some_key(choose);
         map_item_entry entry = map_item_entry_of(&both.ours, &key);
         bool removed = map_item_entry_remove(&entry, nullptr, nullptr);
         expect(both.theirs.erase(key) == removed, "removed by one alone");
     }},
    {"erase_some", 3,
     [](pair &both, choices &choose) {
         int divisor = (int)choose.below(5) + 1;
         for (map_item_iterator i = map_item_begin(&both.ours); map_item_next(&i);)
             if (*i.key % divisor == 0)
                 map_item_erase(&i);
         std::erase_if(both.theirs, [&](const auto &entry) { return entry.first % divisor == 0; });
     }},
    {"retain", 1,
     [](pair &both, choices &) {
         map_item_retain(&both.ours, is_even, nullptr);
         std::erase_if(both.theirs, [](const auto &entry) { return entry.first % 2 != 0; });
     }},
    {"append_its_clone", 2,
     [](pair &both, choices &choose) {
         map_item clone = map_item_clone(&both.ours);
         int key = some_key(choose);
         map_item_insert(&clone, key, beside::make(key));
         map_item_append(&both.ours, &clone);
         map_item_drop(&clone);
         both.theirs.insert_or_assign(key, beside::twin(key));
     }},
    {"reserve", 2,
     [](pair &both, choices &choose) {
         size_t additional = choose.below(1000);
         map_item_reserve(&both.ours, additional);
         both.theirs.reserve(both.theirs.size() + additional);
     }},
    {"shrink", 3,
     [](pair &both, choices &) {
         map_item_shrink_to_fit(&both.ours);
         both.theirs.rehash(0);
     }},
    {"clear", 1,
     [](pair &both, choices &) {
         map_item_clear(&both.ours);
         both.theirs.clear();
     }},
};

} // namespace

int main()
{
    return beside::run(operations);
}

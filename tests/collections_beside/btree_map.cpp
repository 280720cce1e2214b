/* SPDX-License-Identifier: MIT */
/* BTreeMap beside std::map: from each key to its value. */
#include "beside.hpp"

#include <algorithm>
#include <map>

#define T           map_item
#define KEY         int
#define VALUE       beside::item
#define COMPARE     CAIRN_COMPARE_NUMBERS
#define VALUE_DROP  beside::drop
#define VALUE_CLONE beside::try_clone
#include <cairn/btree_map.t.h>

using beside::choices;
using beside::expect;

namespace
{

constexpr size_t KEYS = 400;

struct pair {
    map_item ours = {};
    std::map<int, beside::twin> theirs;

    pair() = default;
    pair(const pair &) = delete;
    pair &operator=(const pair &) = delete;
    ~pair()
    {
        map_item_drop(&ours);
    }

    std::vector<int> our_values() const
    {
        std::vector<int> values;
        for (map_item_iterator i = map_item_begin(&ours); map_item_next(&i);) {
            values.push_back(*i.key);
            values.push_back(*i.value->block);
        }
        return values;
    }
    std::vector<int> their_values() const
    {
        std::vector<int> values;
        for (const auto &[key, item] : theirs) {
            values.push_back(key);
            values.push_back(item.value());
        }
        return values;
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

/* The first or the last one. */
void pop(pair &both, bool last)
{
    int key;
    beside::item item;
    bool popped = last ? map_item_pop_last(&both.ours, &key, &item)
                       : map_item_pop_first(&both.ours, &key, &item);
    expect(popped == !both.theirs.empty(), "ours has another end");
    if (!popped)
        return;
    auto theirs = last ? std::prev(both.theirs.end()) : both.theirs.begin();
    expect(theirs->first == key, "ours popped " + std::to_string(key));
    expect_given(item, theirs->second.value());
    both.theirs.erase(theirs);
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
         int key = some_key(choose), count = (int)choose.below(30);
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
    {"pop_first", 4, [](pair &both, choices &) { pop(both, false); }},
    {"pop_last", 4, [](pair &both, choices &) { pop(both, true); }},
    {"erase_range", 4,
     [](pair &both, choices &choose) {
         int low = some_key(choose), high = low + (int)choose.below(60);
         for (map_item_iterator i = map_item_range(&both.ours, &low, &high); map_item_next(&i);)
             map_item_erase(&i);
         both.theirs.erase(both.theirs.lower_bound(low), both.theirs.lower_bound(high));
     }},
    {"split_off", 1,
     [](pair &both, choices &choose) {
         int key = some_key(choose);
         map_item tail = map_item_split_off(&both.ours, &key);
         expect(tail.length ==
                    (size_t)std::distance(both.theirs.lower_bound(key), both.theirs.end()),
                "another tail");
         map_item_drop(&tail);
         both.theirs.erase(both.theirs.lower_bound(key), both.theirs.end());
     }},
    {"split_and_append", 4,
     [](pair &both, choices &choose) {
         int key = some_key(choose);
         map_item tail = map_item_split_off(&both.ours, &key);
         map_item_append(&tail, &both.ours);
         map_item_append(&both.ours, &tail);
     }},
    {"append_its_clone", 1,
     [](pair &both, choices &) {
         map_item clone = map_item_clone(&both.ours);
         map_item_append(&both.ours, &clone);
     }},
    {"retain_even", 1,
     [](pair &both, choices &) {
         map_item_retain(&both.ours, is_even, nullptr);
         std::erase_if(both.theirs, [](const auto &entry) { return entry.first % 2 != 0; });
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

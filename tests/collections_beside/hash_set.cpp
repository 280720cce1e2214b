/* SPDX-License-Identifier: MIT */
/* Two HashSets beside two of std::unordered_set, and what there is of two: unions and the like. */
#include "beside.hpp"

#include <algorithm>
#include <unordered_set>

#include <cairn/hash.h>

namespace
{

uint64_t hash_item(const beside::item *item, const cairn_hash_seed *seed)
{
    return cairn_hash_integer((uint64_t)*item->block, seed);
}

bool equal_items(const beside::item *one, const beside::item *other)
{
    return *one->block == *other->block;
}

} // namespace

#define T          set_item
#define ITEM       beside::item
#define HASH       hash_item
#define EQUAL      equal_items
#define ITEM_DROP  beside::drop
#define ITEM_CLONE beside::try_clone
#include <cairn/hash_set.t.h>

using beside::choices;
using beside::expect;

namespace
{

struct twin_hash {
    size_t operator()(const beside::twin &item) const
    {
        return (size_t)item.value();
    }
};

struct twins_equal {
    bool operator()(const beside::twin &one, const beside::twin &other) const
    {
        return one.value() == other.value();
    }
};

using twins = std::unordered_set<beside::twin, twin_hash, twins_equal>;

struct pair {
    set_item ours = {}, our_other = {};
    twins theirs, their_other;

    pair() = default;
    pair(const pair &) = delete;
    pair &operator=(const pair &) = delete;
    ~pair()
    {
        set_item_drop(&ours);
        set_item_drop(&our_other);
    }

    std::vector<int> our_values() const
    {
        std::vector<int> values;
        for (set_item_iterator i = set_item_begin(&ours); set_item_next(&i);)
            values.push_back(*i.item->block);
        std::sort(values.begin(), values.end());
        return values;
    }
    std::vector<int> their_values() const
    {
        std::vector<int> values;
        for (const auto &item : theirs)
            values.push_back(item.value());
        std::sort(values.begin(), values.end());
        return values;
    }
};

/* The set of what an operation gives takes the place of ours. */
void become(pair &both, set_item_operation operation)
{
    set_item made = set_item_collect(&operation);
    set_item_drop(&both.ours);
    both.ours = made;
}

const beside::operation<pair> operations[] = {
    {"insert", 60,
     [](pair &both, choices &choose) {
         int value = choose.value();
         bool is_new = set_item_insert(&both.ours, beside::make(value));
         expect(both.theirs.emplace(value).second == is_new, "new to one alone");
     }},
    {"remove", 20,
     [](pair &both, choices &choose) {
         int value = choose.value();
         beside::item item = beside::make(value);
         bool removed = set_item_remove(&both.ours, &item);
         beside::drop(&item);
         expect(both.theirs.erase(beside::twin(value)) == removed, "removed by one alone");
     }},
    {"swap", 10,
     [](pair &both, choices &) {
         std::swap(both.ours, both.our_other);
         std::swap(both.theirs, both.their_other);
     }},
    {"union", 1,
     [](pair &both, choices &) {
         become(both, set_item_union(&both.ours, &both.our_other));
         both.theirs.insert(both.their_other.begin(), both.their_other.end());
     }},
    {"intersection", 2,
     [](pair &both, choices &) {
         become(both, set_item_intersection(&both.ours, &both.our_other));
         std::erase_if(both.theirs, [&](auto &item) { return !both.their_other.contains(item); });
     }},
    {"difference", 2,
     [](pair &both, choices &) {
         become(both, set_item_difference(&both.ours, &both.our_other));
         std::erase_if(both.theirs, [&](auto &item) { return both.their_other.contains(item); });
     }},
    {"symmetric_difference", 2,
     [](pair &both, choices &) {
         twins made = both.their_other;
         for (const auto &item : both.theirs)
             if (made.erase(item) == 0)
                 made.insert(item);
         become(both, set_item_symmetric_difference(&both.ours, &both.our_other));
         both.theirs = made;
     }},
    {"compare", 5,
     [](pair &both, choices &) {
         auto is_in_other = [&](auto &item) { return both.their_other.contains(item); };
         bool all = std::all_of(both.theirs.begin(), both.theirs.end(), is_in_other);
         bool none = std::none_of(both.theirs.begin(), both.theirs.end(), is_in_other);
         expect(set_item_is_subset(&both.ours, &both.our_other) == all, "a subset");
         expect(set_item_is_superset(&both.our_other, &both.ours) == all, "a superset");
         expect(set_item_is_disjoint(&both.ours, &both.our_other) == none, "disjoint");
     }},
    {"append", 1,
     [](pair &both, choices &) {
         set_item_append(&both.ours, &both.our_other);
         both.theirs.merge(both.their_other);
         both.their_other.clear();
     }},
};

} // namespace

int main()
{
    return beside::run(operations);
}

/* SPDX-License-Identifier: MIT */
/* BTreeSet beside std::set. */
#include "beside.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace
{

int compare(const beside::item *one, const beside::item *other)
{
    return CAIRN_COMPARE_NUMBERS(one->block, other->block);
}

} // namespace

#define T          set_item
#define ITEM       beside::item
#define COMPARE    compare
#define ITEM_DROP  beside::drop
#define ITEM_CLONE beside::try_clone
#include <cairn/btree_set.t.h>

using beside::choices;
using beside::expect;

namespace
{

constexpr size_t VALUES = 300;

struct less {
    bool operator()(const beside::twin &one, const beside::twin &other) const
    {
        return one.value() < other.value();
    }
};
using their_set = std::set<beside::twin, less>;

struct pair {
    set_item ours = {};
    their_set theirs;

    pair() = default;
    pair(const pair &) = delete;
    pair &operator=(const pair &) = delete;
    ~pair()
    {
        set_item_drop(&ours);
    }

    std::vector<int> our_values() const
    {
        std::vector<int> values;
        for (set_item_iterator i = set_item_begin(&ours); set_item_next(&i);)
            values.push_back(*i.item->block);
        return values;
    }
    std::vector<int> their_values() const
    {
        std::vector<int> values;
        for (const auto &item : theirs)
            values.push_back(item.value());
        return values;
    }
};

/* An item of ours to look for, which is no part of the comparison. */
struct wanted {
    beside::item item;
    explicit wanted(int value) : item(beside::make(value))
    {
    }
    wanted(const wanted &) = delete;
    wanted &operator=(const wanted &) = delete;
    ~wanted()
    {
        beside::drop(&item);
    }
};

/* Every step-th value from the first on, both ways; what the set operations have on their other side. */
struct other {
    set_item ours = {};
    their_set theirs;

    other(int first, int step)
    {
        for (int value = first; value < (int)VALUES; value += step) {
            set_item_insert(&ours, beside::make(value));
            theirs.emplace(value);
        }
    }
    other(const other &) = delete;
    other &operator=(const other &) = delete;
    ~other()
    {
        set_item_drop(&ours);
    }
};

/* Both become what the operation gives. */
template <typename Ours, typename Theirs>
void combine(pair &both, choices &choose, Ours ours, Theirs theirs)
{
    int first = (int)choose.below(VALUES), step = 1 + (int)choose.below(5);
    other right(first, step);
    set_item_operation operation = ours(&both.ours, &right.ours);
    set_item made = set_item_collect(&operation);
    set_item_drop(&both.ours);
    both.ours = made;
    their_set result;
    theirs(both.theirs.begin(), both.theirs.end(), right.theirs.begin(), right.theirs.end(),
           std::inserter(result, result.end()), less{});
    both.theirs = std::move(result);
}

const beside::operation<pair> operations[] = {
    {"insert", 40,
     [](pair &both, choices &choose) {
         int value = (int)choose.below(VALUES);
         bool is_new = set_item_insert(&both.ours, beside::make(value));
         expect(both.theirs.emplace(value).second == is_new, "new to one alone");
     }},
    {"insert_row", 10,
     [](pair &both, choices &choose) {
         int value = (int)choose.below(VALUES), count = (int)choose.below(40);
         for (int i = value; i < value + count; i++) {
             set_item_insert(&both.ours, beside::make(i));
             both.theirs.emplace(i);
         }
     }},
    {"remove", 25,
     [](pair &both, choices &choose) {
         wanted value((int)choose.below(VALUES));
         bool found = set_item_remove(&both.ours, &value.item);
         expect(both.theirs.erase(beside::twin(value.item.value)) == found, "found by one alone");
     }},
    {"pop_first", 4,
     [](pair &both, choices &) {
         beside::item item;
         if (!set_item_pop_first(&both.ours, &item))
             return;
         beside::drop(&item);
         both.theirs.erase(both.theirs.begin());
     }},
    {"erase_range", 4,
     [](pair &both, choices &choose) {
         int low = (int)choose.below(VALUES), high = low + (int)choose.below(60);
         wanted from(low), to(high);
         set_item_iterator i = set_item_range(&both.ours, &from.item, &to.item);
         while (set_item_next(&i))
             set_item_erase(&i);
         both.theirs.erase(both.theirs.lower_bound(beside::twin(low)),
                           both.theirs.lower_bound(beside::twin(high)));
     }},
    {"split_off", 1,
     [](pair &both, choices &choose) {
         wanted at((int)choose.below(VALUES));
         set_item tail = set_item_split_off(&both.ours, &at.item);
         set_item_drop(&tail);
         both.theirs.erase(both.theirs.lower_bound(beside::twin(at.item.value)), both.theirs.end());
     }},
    {"union", 1,
     [](pair &both, choices &choose) {
         combine(both, choose, set_item_union, [](auto... all) { std::set_union(all...); });
     }},
    {"intersection", 1,
     [](pair &both, choices &choose) {
         combine(both, choose, set_item_intersection,
                 [](auto... all) { std::set_intersection(all...); });
     }},
    {"difference", 2,
     [](pair &both, choices &choose) {
         combine(both, choose, set_item_difference,
                 [](auto... all) { std::set_difference(all...); });
     }},
    {"symmetric_difference", 2,
     [](pair &both, choices &choose) {
         combine(both, choose, set_item_symmetric_difference,
                 [](auto... all) { std::set_symmetric_difference(all...); });
     }},
    {"append", 2,
     [](pair &both, choices &choose) {
         int first = (int)choose.below(VALUES), step = 1 + (int)choose.below(5);
         other right(first, step);
         set_item_append(&both.ours, &right.ours);
         both.theirs.merge(right.theirs);
     }},
};

} // namespace

int main()
{
    return beside::run(operations);
}

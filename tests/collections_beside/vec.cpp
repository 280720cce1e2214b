/* SPDX-License-Identifier: MIT */
/* Vec beside std::vector. */
#include "beside.hpp"

#include <algorithm>

#define T          vec_item
#define ITEM       beside::item
#define ITEM_DROP  beside::drop
#define ITEM_CLONE beside::try_clone
#include <cairn/vec.t.h>

using beside::choices;
using beside::expect;

namespace
{

struct pair {
    vec_item ours = {};
    std::vector<beside::twin> theirs;

    pair() = default;
    pair(const pair &) = delete;
    pair &operator=(const pair &) = delete;
    ~pair()
    {
        vec_item_drop(&ours);
    }

    std::vector<int> our_values() const
    {
        std::vector<int> values;
        for (size_t i = 0; i < ours.length; i++)
            values.push_back(*ours.items[i].block);
        return values;
    }
    std::vector<int> their_values() const
    {
        std::vector<int> values;
        for (const auto &item : theirs)
            values.push_back(item.value());
        return values;
    }

    size_t length() const
    {
        return theirs.size();
    }
    auto at(size_t index)
    {
        return theirs.begin() + (ptrdiff_t)index;
    }
};

/* An item that ours gave away is the value that theirs has. */
void expect_given(beside::item given, int value)
{
    int ours = *given.block;
    beside::drop(&given);
    expect(ours == value,
           "ours gave " + std::to_string(ours) + ", theirs " + std::to_string(value));
}

bool is_even(const beside::item *item, void *)
{
    return *item->block % 2 == 0;
}

bool is_near(const beside::item *before, const beside::item *item, void *)
{
    return std::abs(*before->block - *item->block) < 10;
}

int compare(const beside::item *one, const beside::item *other, void *)
{
    return CAIRN_COMPARE_NUMBERS(one->block, other->block);
}

bool is_less(const beside::twin &one, const beside::twin &other)
{
    return one.value() < other.value();
}

const beside::operation<pair> operations[] = {
    {"push", 40,
     [](pair &both, choices &choose) {
         int value = choose.value();
         vec_item_push(&both.ours, beside::make(value));
         both.theirs.emplace_back(value);
     }},
    {"pop", 15,
     [](pair &both, choices &) {
         beside::item item;
         expect(vec_item_pop(&both.ours, &item) == !both.theirs.empty(), "ours has another end");
         if (both.theirs.empty())
             return;
         expect_given(item, both.theirs.back().value());
         both.theirs.pop_back();
     }},
    {"insert", 20,
     [](pair &both, choices &choose) {
         size_t index = choose.below(both.length() + 1);
         int value = choose.value();
         vec_item_insert(&both.ours, index, beside::make(value));
         both.theirs.emplace(both.at(index), value);
     }},
    {"remove", 15,
     [](pair &both, choices &choose) {
         if (both.theirs.empty())
             return;
         size_t index = choose.below(both.length());
         expect_given(vec_item_remove(&both.ours, index), both.theirs[index].value());
         both.theirs.erase(both.at(index));
     }},
    {"swap_remove", 5,
     [](pair &both, choices &choose) {
         if (both.theirs.empty())
             return;
         size_t index = choose.below(both.length());
         expect_given(vec_item_swap_remove(&both.ours, index), both.theirs[index].value());
         std::swap(both.theirs[index], both.theirs.back());
         both.theirs.pop_back();
     }},
    {"truncate", 1,
     [](pair &both, choices &choose) {
         size_t length = choose.below(both.length() + 10);
         vec_item_truncate(&both.ours, length);
         if (length < both.length())
             both.theirs.erase(both.at(length), both.theirs.end());
     }},
    {"resize", 2,
     [](pair &both, choices &choose) {
         size_t length = choose.below(both.length() + 10);
         int value = choose.value();
         vec_item_resize(&both.ours, length, beside::make(value));
         both.theirs.resize(length, beside::twin(value));
     }},
    {"extend_from_within", 2,
     [](pair &both, choices &choose) {
         size_t first = choose.below(both.length() + 1);
         size_t count = choose.below(both.length() - first + 1);
         vec_item_extend_from(&both.ours, both.ours.items + first, count);
         std::vector<beside::twin> copies(both.at(first), both.at(first + count));
         both.theirs.insert(both.theirs.end(), copies.begin(), copies.end());
     }},
    {"split_off", 2,
     [](pair &both, choices &choose) {
         size_t index = choose.below(both.length() + 1);
         vec_item tail = vec_item_split_off(&both.ours, index);
         vec_item_drop(&tail);
         both.theirs.erase(both.at(index), both.theirs.end());
     }},
    {"append_its_clone", 2,
     [](pair &both, choices &) {
         vec_item clone = vec_item_clone(&both.ours);
         vec_item_append(&both.ours, &clone);
         vec_item_drop(&clone);
         std::vector<beside::twin> copies = both.theirs;
         both.theirs.insert(both.theirs.end(), copies.begin(), copies.end());
         if (both.length() <= 100)
             return;
         vec_item_truncate(&both.ours, 50);
         both.theirs.erase(both.at(50), both.theirs.end());
     }},
    {"retain_even", 2,
     [](pair &both, choices &) {
         vec_item_retain(&both.ours, is_even, nullptr);
         std::erase_if(both.theirs, [](const auto &item) { return item.value() % 2 != 0; });
     }},
    {"dedup_near", 2,
     [](pair &both, choices &) {
         vec_item_dedup_by(&both.ours, is_near, nullptr);
         both.theirs.erase(std::unique(both.theirs.begin(), both.theirs.end(),
                                       [](const auto &before, const auto &item) {
                                           return std::abs(before.value() - item.value()) < 10;
                                       }),
                           both.theirs.end());
     }},
    {"reverse", 2,
     [](pair &both, choices &) {
         vec_item_reverse(&both.ours);
         std::reverse(both.theirs.begin(), both.theirs.end());
     }},
    {"sort", 2,
     [](pair &both, choices &) {
         vec_item_sort_by(&both.ours, compare, nullptr);
         std::stable_sort(both.theirs.begin(), both.theirs.end(), is_less);
     }},
    {"sort_unstable", 2,
     [](pair &both, choices &) {
         vec_item_sort_unstable_by(&both.ours, compare, nullptr);
         std::sort(both.theirs.begin(), both.theirs.end(), is_less);
     }},
    {"rotate_left", 2,
     [](pair &both, choices &choose) {
         size_t count = choose.below(both.length() + 1);
         vec_item_rotate_left(&both.ours, count);
         std::rotate(both.theirs.begin(), both.at(count), both.theirs.end());
     }},
    {"remove_range", 2,
     [](pair &both, choices &choose) {
         size_t first = choose.below(both.length() + 1);
         size_t count = choose.below(both.length() - first + 1);
         vec_item_remove_range(&both.ours, first, count);
         both.theirs.erase(both.at(first), both.at(first + count));
     }},
    {"insert_from_within", 2,
     [](pair &both, choices &choose) {
         size_t index = choose.below(both.length() + 1), count = choose.below(5);
         if (count > both.length())
             return;
         vec_item_insert_from(&both.ours, index, both.ours.items, count);
         std::vector<beside::twin> copies(both.theirs.begin(), both.at(count));
         both.theirs.insert(both.at(index), copies.begin(), copies.end());
     }},
    {"shrink_to_fit", 2,
     [](pair &both, choices &) {
         vec_item_shrink_to_fit(&both.ours);
         both.theirs.shrink_to_fit();
     }},
    {"clear", 1,
     [](pair &both, choices &) {
         vec_item_clear(&both.ours);
         both.theirs.clear();
     }},
};

} // namespace

int main()
{
    return beside::run(operations);
}

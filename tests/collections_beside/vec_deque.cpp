/* SPDX-License-Identifier: MIT */
/* VecDeque beside std::deque. */
#include "beside.hpp"

#include <algorithm>
#include <deque>

#define T          vec_item
#define ITEM       beside::item
#define ITEM_DROP  beside::drop
#define ITEM_CLONE beside::try_clone
#include <cairn/vec.t.h>

#define T          deque_item
#define ITEM       beside::item
#define ITEM_DROP  beside::drop
#define ITEM_CLONE beside::try_clone
#define VEC        vec_item
#include <cairn/vec_deque.t.h>

using beside::choices;
using beside::expect;
using beside::twin;

namespace
{

struct pair {
    deque_item ours = {};
    std::deque<twin> theirs;

    pair() = default;
    pair(const pair &) = delete;
    pair &operator=(const pair &) = delete;
    ~pair()
    {
        deque_item_drop(&ours);
    }

    std::vector<int> our_values() const
    {
        std::vector<int> values;
        deque_item_slices slices = deque_item_as_slices(&ours);
        for (size_t i = 0; i < slices.first.length; i++)
            values.push_back(*slices.first.items[i].block);
        for (size_t i = 0; i < slices.second.length; i++)
            values.push_back(*slices.second.items[i].block);
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

    /* Rarely one of many, so that there are never more than some hundred. */
    bool is_long() const
    {
        return length() > 100;
    }
};

/* What ours gave away is what theirs has. */
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

bool is_less(const beside::item *item, void *than)
{
    return *item->block < *static_cast<int *>(than);
}

int compare(const beside::item *item, void *with)
{
    return *item->block - *static_cast<int *>(with);
}

const beside::operation<pair> operations[] = {
    {"push_back", 30,
     [](pair &both, choices &choose) {
         int value = choose.value();
         deque_item_push_back(&both.ours, beside::make(value));
         both.theirs.emplace_back(value);
     }},
    {"push_front", 30,
     [](pair &both, choices &choose) {
         int value = choose.value();
         deque_item_push_front(&both.ours, beside::make(value));
         both.theirs.emplace_front(value);
     }},
    {"pop_back", 15,
     [](pair &both, choices &) {
         beside::item item;
         expect(deque_item_pop_back(&both.ours, &item) == !both.theirs.empty(), "another end");
         if (both.theirs.empty())
             return;
         expect_given(item, both.theirs.back().value());
         both.theirs.pop_back();
     }},
    {"pop_front", 15,
     [](pair &both, choices &) {
         beside::item item;
         expect(deque_item_pop_front(&both.ours, &item) == !both.theirs.empty(), "another end");
         if (both.theirs.empty())
             return;
         expect_given(item, both.theirs.front().value());
         both.theirs.pop_front();
     }},
    {"insert", 20,
     [](pair &both, choices &choose) {
         size_t index = choose.below(both.length() + 1);
         int value = choose.value();
         deque_item_insert(&both.ours, index, beside::make(value));
         both.theirs.emplace(both.at(index), value);
     }},
    {"remove", 15,
     [](pair &both, choices &choose) {
         if (both.theirs.empty())
             return;
         size_t index = choose.below(both.length());
         expect_given(deque_item_remove(&both.ours, index), both.theirs[index].value());
         both.theirs.erase(both.at(index));
     }},
    {"swap_remove_back", 5,
     [](pair &both, choices &choose) {
         if (both.theirs.empty())
             return;
         size_t index = choose.below(both.length());
         expect_given(deque_item_swap_remove_back(&both.ours, index), both.theirs[index].value());
         std::swap(both.theirs[index], both.theirs.back());
         both.theirs.pop_back();
     }},
    {"swap_remove_front", 5,
     [](pair &both, choices &choose) {
         if (both.theirs.empty())
             return;
         size_t index = choose.below(both.length());
         expect_given(deque_item_swap_remove_front(&both.ours, index), both.theirs[index].value());
         std::swap(both.theirs[index], both.theirs.front());
         both.theirs.pop_front();
     }},
    {"truncate", 1,
     [](pair &both, choices &choose) {
         size_t length = choose.below(both.length() + 10);
         deque_item_truncate(&both.ours, length);
         if (length < both.length())
             both.theirs.erase(both.at(length), both.theirs.end());
     }},
    {"resize", 2,
     [](pair &both, choices &choose) {
         size_t length = choose.below(both.length() + 10);
         int value = choose.value();
         deque_item_resize(&both.ours, length, beside::make(value));
         both.theirs.resize(length, twin(value));
     }},
    {"extend_from_within", 4,
     [](pair &both, choices &choose) {
         size_t count = both.is_long() ? 0 : choose.below(both.length() + 1);
         const beside::item *first = deque_item_make_contiguous(&both.ours).items;
         deque_item_extend_from(&both.ours, first, count);
         std::vector<twin> copies(both.at(0), both.at(count));
         both.theirs.insert(both.theirs.end(), copies.begin(), copies.end());
     }},
    {"split_off", 2,
     [](pair &both, choices &choose) {
         size_t index = choose.below(both.length() + 1);
         deque_item tail = deque_item_split_off(&both.ours, index);
         deque_item_drop(&tail);
         both.theirs.erase(both.at(index), both.theirs.end());
     }},
    {"append_its_clone", 3,
     [](pair &both, choices &) {
         if (both.is_long())
             return;
         deque_item clone = deque_item_clone(&both.ours);
         deque_item_append(&both.ours, &clone);
         deque_item_drop(&clone);
         std::vector<twin> copies(both.theirs.begin(), both.theirs.end());
         both.theirs.insert(both.theirs.end(), copies.begin(), copies.end());
     }},
    {"drain", 4,
     [](pair &both, choices &choose) {
         size_t index = choose.below(both.length() + 1);
         size_t count = choose.below(both.length() - index + 1);
         size_t taken = choose.below(count + 1);
         deque_item_drain_iterator drained = deque_item_drain(&both.ours, index, count);
         beside::item item;
         for (size_t i = 0; i < taken && deque_item_drain_next(&drained, &item); i++)
             expect_given(item, both.theirs[index + i].value());
         deque_item_drain_iterator_drop(&drained);
         both.theirs.erase(both.at(index), both.at(index + count));
     }},
    {"retain_even", 2,
     [](pair &both, choices &) {
         deque_item_retain(&both.ours, is_even, nullptr);
         std::erase_if(both.theirs, [](const auto &item) { return item.value() % 2 != 0; });
     }},
    {"extract_even", 2,
     [](pair &both, choices &) {
         deque_item_drain_iterator even =
             deque_item_extract_if(&both.ours, 0, both.length(), is_even, nullptr);
         for (beside::item item; deque_item_drain_next(&even, &item);)
             beside::drop(&item);
         std::erase_if(both.theirs, [](const auto &item) { return item.value() % 2 == 0; });
     }},
    {"erase_large", 2,
     [](pair &both, choices &) {
         for (deque_item_iterator i = deque_item_begin(&both.ours); deque_item_next(&i);)
             if (*i.item->block > 80)
                 deque_item_erase(&i);
         std::erase_if(both.theirs, [](const auto &item) { return item.value() > 80; });
     }},
    {"erase_small_from_the_back", 2,
     [](pair &both, choices &) {
         for (deque_item_iterator i = deque_item_end(&both.ours); deque_item_previous(&i);)
             if (*i.item->block < 20)
                 deque_item_erase(&i);
         std::erase_if(both.theirs, [](const auto &item) { return item.value() < 20; });
     }},
    {"rotate_left", 10,
     [](pair &both, choices &choose) {
         size_t count = choose.below(both.length() + 1);
         deque_item_rotate_left(&both.ours, count);
         std::rotate(both.theirs.begin(), both.at(count), both.theirs.end());
     }},
    {"rotate_right", 10,
     [](pair &both, choices &choose) {
         size_t count = choose.below(both.length() + 1);
         deque_item_rotate_right(&both.ours, count);
         std::rotate(both.theirs.begin(), both.at(both.length() - count), both.theirs.end());
     }},
    {"make_contiguous", 4,
     [](pair &both, choices &) {
         const beside::item *items = deque_item_make_contiguous(&both.ours).items;
         for (size_t i = 0; i < both.length(); i++)
             expect(*items[i].block == both.theirs[i].value(), "the array holds something else");
     }},
    {"to_vec_and_back", 4,
     [](pair &both, choices &choose) {
         vec_item vec = deque_item_into_vec(&both.ours);
         if (choose.below(2))
             vec_item_shrink_to_fit(&vec);
         both.ours = deque_item_from_vec(vec);
     }},
    {"sort_and_search", 2,
     [](pair &both, choices &choose) {
         beside::item *items = deque_item_make_contiguous(&both.ours).items;
         std::sort(items, items + both.length(),
                   [](const auto &a, const auto &b) { return *a.block < *b.block; });
         std::sort(both.theirs.begin(), both.theirs.end(),
                   [](const auto &a, const auto &b) { return a.value() < b.value(); });
         int value = choose.value();
         std::vector<int> values = both.their_values();
         auto [low, high] = std::equal_range(values.begin(), values.end(), value);
         size_t index;
         bool found = deque_item_binary_search_by(&both.ours, compare, &value, &index);
         auto place = values.begin() + (ptrdiff_t)index;
         expect(found == (low != high), "one of both found it");
         expect(place >= low && place <= high, "it belongs elsewhere");
         index = deque_item_partition_point(&both.ours, is_less, &value);
         expect(values.begin() + (ptrdiff_t)index == low, "it begins elsewhere");
     }},
    {"shrink_to_fit", 2,
     [](pair &both, choices &) {
         deque_item_shrink_to_fit(&both.ours);
         both.theirs.shrink_to_fit();
     }},
    {"reserve", 2,
     [](pair &both, choices &choose) { deque_item_reserve(&both.ours, choose.below(50)); }},
    {"clear", 1,
     [](pair &both, choices &) {
         deque_item_clear(&both.ours);
         both.theirs.clear();
     }},
};

} // namespace

int main()
{
    return beside::run(operations);
}

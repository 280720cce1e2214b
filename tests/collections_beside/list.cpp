/* SPDX-License-Identifier: MIT */
/* LinkedList beside std::list. */
#include "beside.hpp"

#include <algorithm>
#include <list>

#define T          list_item
#define ITEM       beside::item
#define ITEM_DROP  beside::drop
#define ITEM_CLONE beside::try_clone
#include <cairn/list.t.h>

using beside::choices;
using beside::expect;
using beside::twin;

namespace
{

struct pair {
    list_item ours = {};
    std::list<twin> theirs;

    pair() = default;
    pair(const pair &) = delete;
    pair &operator=(const pair &) = delete;
    ~pair()
    {
        list_item_drop(&ours);
    }

    std::vector<int> our_values() const
    {
        std::vector<int> values, backwards;
        list_item copy = ours;
        for (list_item_iterator i = list_item_begin(&copy); list_item_next(&i);)
            values.push_back(*i.item->block);
        for (list_item_iterator i = list_item_end(&copy); list_item_previous(&i);)
            backwards.insert(backwards.begin(), *i.item->block);
        expect(values == backwards && values.size() == ours.length, "ours differs backwards");
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
        return std::next(theirs.begin(), (ptrdiff_t)index);
    }
    bool is_long() const
    {
        return length() > 100;
    }
};

/* Ours at item number `index`; or, at the length, after the last one. */
list_item_iterator iterator_at(list_item &list, size_t index)
{
    list_item_iterator i = list_item_begin(&list);
    for (size_t gone = 0; gone <= index; gone++)
        list_item_next(&i);
    expect(i.index == index, "the iterator is elsewhere");
    return i;
}

/* What ours gave away is what theirs has. */
void expect_given(beside::item given, int value)
{
    int ours = *given.block;
    beside::drop(&given);
    expect(ours == value,
           "ours gave " + std::to_string(ours) + ", theirs " + std::to_string(value));
}

/* The iterator must go on as if nothing had happened at either side. */
void expect_beside(list_item_iterator i, pair &both)
{
    size_t length = both.length(), index = i.index;
    list_item_iterator back = i;
    bool has_next = list_item_next(&i), has_previous = list_item_previous(&back);
    expect(has_next == (i.index < length), "it does not know what is next");
    expect(!has_next || *i.item->block == both.at(i.index)->value(), "another one is next");
    expect(has_previous == (index > 0), "it does not know what is before");
    expect(!has_previous || *back.item->block == both.at(index - 1)->value(), "another was before");
}

/* Some new items, the same in both lists. */
void fill(list_item &ours, std::list<twin> &theirs, choices &choose)
{
    for (size_t count = choose.below(4); count > 0; count--) {
        int value = choose.value();
        list_item_push_back(&ours, beside::make(value));
        theirs.emplace_back(value);
    }
}

bool is_even(const beside::item *item, void *)
{
    return *item->block % 2 == 0;
}

const beside::operation<pair> operations[] = {
    {"push_back", 30,
     [](pair &both, choices &choose) {
         int value = choose.value();
         list_item_push_back(&both.ours, beside::make(value));
         both.theirs.emplace_back(value);
     }},
    {"push_front", 30,
     [](pair &both, choices &choose) {
         int value = choose.value();
         list_item_push_front(&both.ours, beside::make(value));
         both.theirs.emplace_front(value);
     }},
    {"pop_back", 20,
     [](pair &both, choices &) {
         beside::item item;
         expect(list_item_pop_back(&both.ours, &item) == !both.theirs.empty(), "another end");
         if (both.theirs.empty())
             return;
         expect_given(item, both.theirs.back().value());
         both.theirs.pop_back();
     }},
    {"pop_front", 20,
     [](pair &both, choices &) {
         beside::item item;
         expect(list_item_pop_front(&both.ours, &item) == !both.theirs.empty(), "another end");
         if (both.theirs.empty())
             return;
         expect_given(item, both.theirs.front().value());
         both.theirs.pop_front();
     }},
    {"insert_before", 10,
     [](pair &both, choices &choose) {
         size_t index = choose.below(both.length() + 1);
         int value = choose.value();
         list_item_iterator i = iterator_at(both.ours, index);
         list_item_insert_before(&i, beside::make(value));
         both.theirs.emplace(both.at(index), value);
         expect(i.index == index + 1, "the iterator moved");
         expect_beside(i, both);
     }},
    {"insert_after", 10,
     [](pair &both, choices &choose) {
         if (both.theirs.empty())
             return;
         size_t index = choose.below(both.length());
         int value = choose.value();
         list_item_iterator i = iterator_at(both.ours, index);
         list_item_insert_after(&i, beside::make(value));
         both.theirs.emplace(both.at(index + 1), value);
         expect_beside(i, both);
     }},
    {"remove", 10,
     [](pair &both, choices &choose) {
         if (both.theirs.empty())
             return;
         size_t index = choose.below(both.length());
         list_item_iterator i = iterator_at(both.ours, index);
         expect_given(list_item_remove(&i), both.at(index)->value());
         both.theirs.erase(both.at(index));
         expect_beside(i, both);
     }},
    {"splice_before", 4,
     [](pair &both, choices &choose) {
         size_t index = choose.below(both.length() + 1);
         list_item more = {};
         std::list<twin> their_more;
         fill(more, their_more, choose);
         list_item_iterator i = iterator_at(both.ours, index);
         list_item_splice_before(&i, &more);
         both.theirs.splice(both.at(index), their_more);
         expect(more.length == 0, "the other list holds items");
         expect_beside(i, both);
     }},
    {"splice_after", 4,
     [](pair &both, choices &choose) {
         if (both.theirs.empty())
             return;
         size_t index = choose.below(both.length());
         list_item more = {};
         std::list<twin> their_more;
         fill(more, their_more, choose);
         list_item_iterator i = iterator_at(both.ours, index);
         list_item_splice_after(&i, &more);
         both.theirs.splice(both.at(index + 1), their_more);
         expect_beside(i, both);
     }},
    {"split_before", 3,
     [](pair &both, choices &choose) {
         size_t index = choose.below(both.length() + 1);
         list_item_iterator i = iterator_at(both.ours, index);
         list_item front = list_item_split_before(&i);
         std::list<twin> their_front;
         their_front.splice(their_front.begin(), both.theirs, both.theirs.begin(), both.at(index));
         expect(front.length == their_front.size(), "another length");
         expect_beside(i, both);
         list_item_append(&both.ours, &front); /* what was in front comes last */
         both.theirs.splice(both.theirs.end(), their_front);
     }},
    {"split_after", 3,
     [](pair &both, choices &choose) {
         size_t index = choose.below(both.length() + 1);
         list_item_iterator i = iterator_at(both.ours, index);
         list_item rest = list_item_split_after(&i);
         std::list<twin> their_rest;
         if (index < both.length())
             their_rest.splice(their_rest.begin(), both.theirs, both.at(index + 1),
                               both.theirs.end());
         expect(rest.length == their_rest.size(), "another length");
         expect_beside(i, both);
         list_item_append(&rest, &both.ours);
         both.ours = rest;
         their_rest.splice(their_rest.end(), both.theirs);
         both.theirs = std::move(their_rest);
     }},
    {"split_off", 2,
     [](pair &both, choices &choose) {
         size_t index = choose.below(both.length() + 1);
         list_item tail = list_item_split_off(&both.ours, index);
         list_item_drop(&tail);
         both.theirs.erase(both.at(index), both.theirs.end());
     }},
    {"append_its_clone", 3,
     [](pair &both, choices &) {
         if (both.is_long())
             return;
         list_item clone = list_item_clone(&both.ours);
         list_item_append(&both.ours, &clone);
         std::list<twin> copies = both.theirs;
         both.theirs.splice(both.theirs.end(), copies);
     }},
    {"retain_even", 2,
     [](pair &both, choices &) {
         list_item_retain(&both.ours, is_even, nullptr);
         std::erase_if(both.theirs, [](const auto &item) { return item.value() % 2 != 0; });
     }},
    {"extract_even", 2,
     [](pair &both, choices &) {
         list_item_drain_iterator even = list_item_extract_if(&both.ours, is_even, nullptr);
         for (beside::item item; list_item_drain_next(&even, &item);) {
             expect(*item.block % 2 == 0, "it took an odd one");
             beside::drop(&item);
         }
         std::erase_if(both.theirs, [](const auto &item) { return item.value() % 2 == 0; });
     }},
    {"erase_large_backwards", 2,
     [](pair &both, choices &) {
         for (list_item_iterator i = list_item_end(&both.ours); list_item_previous(&i);)
             if (*i.item->block > 80)
                 list_item_erase(&i);
         std::erase_if(both.theirs, [](const auto &item) { return item.value() > 80; });
     }},
    {"clear", 1,
     [](pair &both, choices &) {
         list_item_clear(&both.ours);
         both.theirs.clear();
     }},
};

} // namespace

int main()
{
    return beside::run(operations);
}

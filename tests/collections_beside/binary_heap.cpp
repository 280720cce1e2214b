/* SPDX-License-Identifier: MIT */
/* BinaryHeap beside std::priority_queue. What they hold is compared in order. */
#include "beside.hpp"

#include <algorithm>
#include <queue>

#define T          vec_item
#define ITEM       beside::item
#define ITEM_DROP  beside::drop
#define ITEM_CLONE beside::try_clone
#include <cairn/vec.t.h>

static int compare(const beside::item *one, const beside::item *other)
{
    return CAIRN_COMPARE_NUMBERS(one->block, other->block);
}

#define T          heap_item
#define VEC        vec_item
#define ITEM       beside::item
#define ITEM_DROP  beside::drop
#define ITEM_CLONE beside::try_clone
#define COMPARE    compare
#include <cairn/binary_heap.t.h>

using beside::choices;
using beside::expect;

namespace
{

struct less {
    bool operator()(const beside::twin &one, const beside::twin &other) const
    {
        return one.value() < other.value();
    }
};

/* The standard's, with a view of its vector. */
struct queue : std::priority_queue<beside::twin, std::vector<beside::twin>, less> {
    const std::vector<beside::twin> &items() const
    {
        return c;
    }
};

struct pair {
    heap_item ours = {};
    queue theirs;

    pair() = default;
    pair(const pair &) = delete;
    pair &operator=(const pair &) = delete;
    ~pair()
    {
        heap_item_drop(&ours);
    }

    std::vector<int> our_values() const
    {
        std::vector<int> values;
        for (size_t i = 0; i < ours.vec.length; i++)
            values.push_back(*ours.vec.items[i].block);
        std::sort(values.begin(), values.end());
        return values;
    }
    std::vector<int> their_values() const
    {
        std::vector<int> values;
        for (const auto &item : theirs.items())
            values.push_back(item.value());
        std::sort(values.begin(), values.end());
        return values;
    }
};

const beside::operation<pair> operations[] = {
    {"push", 40,
     [](pair &both, choices &choose) {
         int value = choose.value();
         heap_item_push(&both.ours, beside::make(value));
         both.theirs.emplace(value);
     }},
    {"pop", 30,
     [](pair &both, choices &) {
         beside::item item;
         expect(heap_item_pop(&both.ours, &item) == !both.theirs.empty(), "ours has another end");
         if (both.theirs.empty())
             return;
         int ours = *item.block, theirs = both.theirs.top().value();
         beside::drop(&item);
         both.theirs.pop();
         expect(ours == theirs, "ours gave another item");
     }},
    {"peek", 10,
     [](pair &both, choices &) {
         const beside::item *item = heap_item_peek(&both.ours);
         expect(!item == both.theirs.empty(), "ours has another top");
         expect(!item || *item->block == both.theirs.top().value(), "ours has another top");
     }},
    {"append_its_clone", 1,
     [](pair &both, choices &) {
         if (both.theirs.size() > 100)
             return;
         heap_item clone = heap_item_clone(&both.ours);
         heap_item_append(&both.ours, &clone);
         heap_item_drop(&clone);
         queue copies = both.theirs;
         for (const auto &item : copies.items())
             both.theirs.push(item);
     }},
    {"into_vec_and_back", 2,
     [](pair &both, choices &) {
         vec_item vec = heap_item_into_sorted_vec(&both.ours);
         both.ours = heap_item_from_vec(vec);
     }},
};

} // namespace

int main()
{
    return beside::run(operations);
}

/* SPDX-License-Identifier: MIT */
/* Arc beside std::shared_ptr, and its weak handles beside std::weak_ptr: counts, values and who is gone. */
#include "beside.hpp"

#include <memory>

#define T          arc_item
#define ITEM       beside::item
#define ITEM_DROP  beside::drop
#define ITEM_CLONE beside::try_clone
#include <cairn/arc.t.h>

using beside::choices;
using beside::expect;

namespace
{

constexpr size_t HANDLES = 6;

struct pair {
    arc_item strong[HANDLES] = {};
    arc_item_weak weak[HANDLES] = {};
    std::shared_ptr<beside::twin> their_strong[HANDLES];
    std::weak_ptr<beside::twin> their_weak[HANDLES];

    pair() = default;
    pair(const pair &) = delete;
    pair &operator=(const pair &) = delete;
    ~pair()
    {
        for (size_t i = 0; i < HANDLES; i++) {
            arc_item_drop(&strong[i]);
            arc_item_weak_drop(&weak[i]);
        }
    }

    /* Of each owner its value and the number of owners; of each weak handle the number of owners. */
    std::vector<int> our_values() const
    {
        std::vector<int> values;
        for (size_t i = 0; i < HANDLES; i++) {
            const beside::item *item = arc_item_value(&strong[i]);
            values.push_back(item ? *item->block : -1);
            values.push_back((int)arc_item_strong_count(&strong[i]));
            values.push_back((int)arc_item_weak_strong_count(&weak[i]));
        }
        return values;
    }
    std::vector<int> their_values() const
    {
        std::vector<int> values;
        for (size_t i = 0; i < HANDLES; i++) {
            values.push_back(their_strong[i] ? their_strong[i]->value() : -1);
            values.push_back((int)their_strong[i].use_count());
            values.push_back((int)their_weak[i].use_count());
        }
        return values;
    }

    void set(size_t to, arc_item handle, std::shared_ptr<beside::twin> theirs)
    {
        arc_item_drop(&strong[to]);
        strong[to] = handle;
        their_strong[to] = std::move(theirs);
    }
    void set_weak(size_t to, arc_item_weak handle, std::weak_ptr<beside::twin> theirs)
    {
        arc_item_weak_drop(&weak[to]);
        weak[to] = handle;
        their_weak[to] = std::move(theirs);
    }
};

const beside::operation<pair> operations[] = {
    {"create", 10,
     [](pair &both, choices &choose) {
         size_t to = choose.below(HANDLES);
         int value = choose.value();
         both.set(to, arc_item_new(beside::make(value)), std::make_shared<beside::twin>(value));
     }},
    {"clone", 20,
     [](pair &both, choices &choose) {
         size_t to = choose.below(HANDLES), from = choose.below(HANDLES);
         both.set(to, arc_item_clone(&both.strong[from]),
                  std::shared_ptr<beside::twin>(both.their_strong[from]));
     }},
    {"drop", 10, [](pair &both, choices &choose) { both.set(choose.below(HANDLES), {}, nullptr); }},
    {"downgrade", 10,
     [](pair &both, choices &choose) {
         size_t to = choose.below(HANDLES), from = choose.below(HANDLES);
         both.set_weak(to, arc_item_downgrade(&both.strong[from]), both.their_strong[from]);
     }},
    {"weak_clone", 5,
     [](pair &both, choices &choose) {
         size_t to = choose.below(HANDLES), from = choose.below(HANDLES);
         both.set_weak(to, arc_item_weak_clone(&both.weak[from]),
                       std::weak_ptr<beside::twin>(both.their_weak[from]));
     }},
    {"weak_drop", 5,
     [](pair &both, choices &choose) { both.set_weak(choose.below(HANDLES), {}, {}); }},
    {"upgrade", 20,
     [](pair &both, choices &choose) {
         size_t to = choose.below(HANDLES), from = choose.below(HANDLES);
         arc_item found;
         bool is_there = arc_item_weak_upgrade(&both.weak[from], &found);
         auto theirs = both.their_weak[from].lock();
         expect(is_there == (theirs != nullptr), "one of both is gone");
         both.set(to, found, std::move(theirs));
     }},
    {"make_mut", 10,
     [](pair &both, choices &choose) {
         size_t to = choose.below(HANDLES);
         if (!both.their_strong[to])
             return;
         int value = choose.value();
         *arc_item_make_mut(&both.strong[to])->block = value;
         /* What Rust's does: a value of its own in any case, and weak handles lose theirs. */
         both.their_strong[to] = std::make_shared<beside::twin>(value);
     }},
    {"into_inner", 5,
     [](pair &both, choices &choose) {
         size_t to = choose.below(HANDLES);
         beside::item item;
         bool is_last = arc_item_into_inner(&both.strong[to], &item);
         expect(is_last == (both.their_strong[to].use_count() == 1), "it was the last, or not");
         if (is_last)
             beside::drop(&item);
         both.their_strong[to] = nullptr;
     }},
};

} // namespace

int main()
{
    return beside::run(operations);
}

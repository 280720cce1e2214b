/* SPDX-License-Identifier: MIT */
/*
 * Random operations on a collection of ours and on one that nobody here wrote, side by side.
 *
 * A program, NAME.cpp, holds a pair of collections and a table of operations. Each operation does
 * the same to both, with numbers that it picks at random. After each, both must hold the same in
 * the same order, and as many items must be alive on one side as on the other:
 *
 *     struct pair {
 *         vec_item ours = {};
 *         std::vector<beside::twin> theirs;
 *         ~pair() { vec_item_drop(&ours); }
 *         std::vector<int> our_values() const, their_values() const;
 *     };
 *     const beside::operation<pair> operations[] = {
 *         {"push", 10, [](pair &both, beside::choices &choose) {
 *              int value = choose.value();
 *              vec_item_push(&both.ours, beside::make(value));
 *              both.theirs.emplace_back(value);
 *          }},
 *     };
 *     int main() { return beside::run(operations); }
 *
 * The number after the name is the operation's weight. What an operation gives back it compares by
 * beside::expect().
 *
 *     SEED=NUMBER    does the same again; each run prints its seed
 *     STEPS=NUMBER   how much to do
 *     LOG=FILE       writes each step: operation, picked numbers, "=", contents, "#", items alive.
 *                    So a program in another language does the same again and compares: NAME.rs
 *
 * Each item holds a block of the C library's, so that AddressSanitizer sees one that is dropped
 * twice, used after that, or never dropped.
 */
#ifndef BESIDE_HPP
#define BESIDE_HPP

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <cairn/collection.h>

#include "random_source.h"

namespace beside
{

/* ---- Memory: the C library's, block by block, so that AddressSanitizer sees every mistake ---- */

inline void *alloc(cairn_allocator *, cairn_layout layout)
{
    return std::aligned_alloc(layout.align, cairn_layout_stride(layout));
}

inline void dealloc(cairn_allocator *, void *block, cairn_layout)
{
    std::free(block);
}

inline const cairn_allocator_operations memory_operations = [] {
    cairn_allocator_operations operations = {};
    operations.name = "beside";
    operations.alloc = alloc;
    operations.dealloc = dealloc;
    return operations;
}();
inline cairn_allocator memory = {&memory_operations};

/* ---- Items: the same thing twice ---- */

inline size_t our_live, their_live;

/* Ours. */
struct item {
    int value;
    int *block; /* holds the value again */
};

inline item make(int value)
{
    our_live++;
    return {value, new int(value)};
}

inline void drop(item *dropped)
{
    our_live--;
    delete dropped->block;
}

inline cairn_collection_error try_clone(item *to, const item *from)
{
    *to = make(*from->block);
    return CAIRN_COLLECTION_OK;
}

/* Theirs. */
class twin
{
  public:
    explicit twin(int value) : block(new int(value))
    {
        their_live++;
    }
    twin(const twin &other) : twin(*other.block)
    {
    }
    twin(twin &&other) noexcept : block(std::exchange(other.block, nullptr))
    {
        their_live++;
    }
    twin &operator=(twin other) noexcept
    {
        std::swap(block, other.block);
        return *this;
    }
    ~twin()
    {
        their_live--;
        delete block;
    }
    int value() const
    {
        return *block;
    }

  private:
    int *block;
};

/* ---- Comparing ---- */

inline void expect(bool condition, const std::string &otherwise)
{
    if (!condition)
        throw std::runtime_error(otherwise);
}

inline std::string shown(const std::vector<int> &values)
{
    std::string text;
    for (int value : values)
        text += " " + std::to_string(value);
    return text;
}

/* ---- Choosing ---- */

/* Picks numbers, and notes them for the log. */
class choices
{
  public:
    explicit choices(uint64_t seed) : random{seed}
    {
    }

    /* From 0 to bound - 1. */
    size_t below(size_t bound)
    {
        size_t picked = random_below(&random, bound);
        noted += " " + std::to_string(picked);
        return picked;
    }
    /* An item's: few enough that the same comes again. */
    int value()
    {
        return (int)below(100);
    }

    uint64_t next()
    {
        return random_next(&random);
    }
    std::string take_notes()
    {
        return std::exchange(noted, std::string());
    }

  private:
    struct random_source random;
    std::string noted;
};

/* ---- Running ---- */

template <class Pair> struct operation {
    const char *name;
    unsigned weight;
    void (*perform)(Pair &both, choices &choose);
};

inline uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 0) : otherwise;
}

/* A new pair after so many steps: most mistakes are made near the beginning. */
constexpr size_t STEPS_OF_A_PAIR = 300;
constexpr size_t STEPS = 30000;

template <class Pair, size_t count>
const operation<Pair> &choose_operation(const operation<Pair> (&operations)[count], choices &choose)
{
    unsigned total = 0;
    for (const auto &each : operations)
        total += each.weight;
    auto left = (unsigned)(choose.next() % total);
    for (const auto &each : operations) {
        if (left < each.weight)
            return each;
        left -= each.weight;
    }
    __builtin_unreachable();
}

template <class Pair> void compare(const Pair &both)
{
    std::vector<int> ours = both.our_values(), theirs = both.their_values();
    if (ours != theirs)
        expect(false, "ours holds" + shown(ours) + "\ntheirs    " + shown(theirs));
    if (our_live != their_live)
        expect(false, "of ours " + std::to_string(our_live) + " items are alive, of theirs " +
                          std::to_string(their_live));
}

class runner
{
  public:
    explicit runner(uint64_t seed) : choose(seed)
    {
        if (const char *path = std::getenv("LOG"); path && !(log = std::fopen(path, "w")))
            throw std::runtime_error(std::string("cannot write LOG=") + path);
    }
    ~runner()
    {
        if (log)
            std::fclose(log);
    }

    template <class Pair, size_t count>
    void run_pair(const operation<Pair> (&operations)[count], size_t steps)
    {
        {
            Pair both;
            compare(both);
            note("new", both);
            for (size_t step = 0; step < steps; step++) {
                const auto &chosen = choose_operation(operations, choose);
                done.push_back(chosen.name);
                chosen.perform(both, choose);
                done.back() += choose.take_notes();
                compare(both);
                note(done.back(), both);
            }
        }
        expect(our_live == 0 && their_live == 0,
               "at the end " + std::to_string(our_live) + " items of ours are alive");
        done.clear();
    }

    /* The last operations, with their numbers. */
    std::string history() const
    {
        std::string text;
        for (size_t i = done.size() > 10 ? done.size() - 10 : 0; i < done.size(); i++)
            text += "  " + done[i] + "\n";
        return text;
    }

  private:
    template <class Pair> void note(const std::string &step, const Pair &both)
    {
        if (log)
            std::fprintf(log, "%s =%s # %zu\n", step.c_str(), shown(both.our_values()).c_str(),
                         our_live);
    }

    choices choose;
    std::vector<std::string> done; /* with this pair */
    FILE *log = nullptr;
};

template <class Pair, size_t count> int run(const operation<Pair> (&operations)[count])
{
    uint64_t seed = number_from("SEED", (uint64_t)std::time(nullptr));
    std::printf("SEED=%" PRIu64 "\n", seed);
    std::fflush(stdout);
    runner runner(seed);
    try {
        for (size_t left = number_from("STEPS", STEPS); left > 0;) {
            size_t steps = left < STEPS_OF_A_PAIR ? left : STEPS_OF_A_PAIR;
            runner.run_pair(operations, steps);
            left -= steps;
        }
    } catch (const std::runtime_error &error) {
        std::printf("%s\nafter these operations, the last of them included:\n%s", error.what(),
                    runner.history().c_str());
        std::fflush(stdout);
        std::_Exit(1);
    }
    return 0;
}

} // namespace beside

CAIRN_GLOBAL_ALLOCATOR(&beside::memory);

#endif

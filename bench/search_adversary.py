#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make bench-adversary: searches for the programs that make one operation as dear as can be.

    bench/search_adversary.py --build build/gcc [--allocators "cairn tlsf"] [--seed 1]
                              [--programs 2000] [--output build/gcc/bench/worst.txt]

The idea: of each operation, in a heap of each size, the worst program so far is kept. One of these
is changed at random, here and there, and counted; it takes the place of every one that it surpasses.
As one program may be the beginning of another operation's worst, they help each other out of local
maxima. At the end each operation's worst is made as short as it can be without becoming cheaper.
Counts are exact, so the same seed finds the same programs, with the same compiler. The file that is
written holds what was found, and of other allocators what bench/adversary/worst.txt keeps; copied
there, it is kept.

Source: Mouret, Clune, Illuminating Search Spaces by Mapping Elites, 2015, section 3.

What it is bad at: a maximum that takes many changes at once, where each alone gains nothing.
"""

import argparse
import concurrent.futures
import dataclasses
import functools
import os
import random
import sys
import time

import kernel_adversary
from kernel_adversary import Counter, Program

HEAPS = (1 << 16, 1 << 20, 1 << 23)
STEPS_MAX, OPERATIONS_MAX, ALIGN_MAX = 16, 20000, 1 << 13
SPENT_MAX = 20000000  # instructions of a whole program
NEW_PROGRAMS = 0.1  # that are no other's child
ORDERS = 3


# ---- programs at random --------------------------------------------------------------------------


def magnitude(chance, most):
    """From 1 to most; every doubling is as likely."""
    return min(most, int(2 ** chance.uniform(0, most.bit_length())))


def any_size(chance, heap):
    size = magnitude(chance, heap)
    if chance.random() < 0.5:
        size = (1 << size.bit_length()) + chance.choice((-16, -1, 0, 1, 16))
    return max(1, size)


def any_sizes(chance, heap):
    low = any_size(chance, heap)
    return (low, low) if chance.random() < 0.6 else (low, max(low, any_size(chance, heap)))


def any_align(chance):
    return 16 if chance.random() < 0.7 else 1 << chance.randrange(ALIGN_MAX.bit_length())


def any_choice(chance, groups):
    every = 1 if chance.random() < 0.5 else chance.randrange(2, 6)
    return chance.randrange(groups + 1), every, chance.randrange(every), chance.randrange(ORDERS)


def any_step(chance, heap, groups):
    word = chance.choice(("alloc", "alloc", "churn", "free", "free", "realloc"))
    if word in ("alloc", "churn"):
        return (word, magnitude(chance, OPERATIONS_MAX // 2), *any_sizes(chance, heap),
                any_align(chance))
    if word == "free":
        return (word, *any_choice(chance, groups))
    return (word, *any_choice(chance, groups), *any_sizes(chance, heap))


def count_groups(steps):
    return sum(step[0] == "alloc" for step in steps)


def any_program(chance):
    heap, steps = chance.choice(HEAPS), []
    for _ in range(chance.randrange(2, 8)):
        steps.append(any_step(chance, heap, count_groups(steps)))
    return Program(heap, tuple(steps))


# ---- changes -------------------------------------------------------------------------------------


def change_number(chance, number):
    kind = chance.randrange(4)
    if kind == 0:
        return number + chance.choice((-16, -8, -1, 1, 8, 16))
    if kind == 1:
        return number * 2
    if kind == 2:
        return number // 2
    return int(number * chance.uniform(0.5, 2))


def is_right(step):
    """Whether the step is one that the kernel takes."""
    word, *numbers = step
    if word in ("alloc", "churn"):
        count, low, high, align = numbers
        return (1 <= count <= OPERATIONS_MAX and 1 <= low <= high < 1 << 32 and
                1 <= align <= 1 << 16 and align & (align - 1) == 0)
    group, every, first, order, *sizes = numbers
    low, high = sizes or (1, 1)
    return (0 <= group < STEPS_MAX and 1 <= every <= OPERATIONS_MAX and
            0 <= first <= OPERATIONS_MAX and 0 <= order < ORDERS and 1 <= low <= high < 1 << 32)


def changed_step(chance, step, heap, groups):
    if chance.random() < 0.2:
        return any_step(chance, heap, groups)
    place = chance.randrange(1, len(step))
    numbers = list(step)
    numbers[place] = change_number(chance, numbers[place])
    one_size = {"alloc": 2, "churn": 2, "realloc": 5}.get(step[0])
    if one_size and step[one_size] == step[one_size + 1] and place in (one_size, one_size + 1):
        numbers[one_size] = numbers[one_size + 1] = numbers[place]
    if step[0] in ("alloc", "churn") and place == 4:
        numbers[4] = any_align(chance)
    return tuple(numbers) if is_right(numbers) else step


def with_groups_moved(steps, number, shift):
    """The steps, as their groups are called when an alloc comes or goes before group `number`."""
    return [(step[0], step[1] + shift, *step[2:])
            if step[0] in ("free", "realloc") and step[1] >= number else step for step in steps]


def inserted(steps, place, step):
    before, after = steps[:place], steps[place:]
    if step[0] == "alloc":
        after = with_groups_moved(after, count_groups(before) + 1, +1)
    return [*before, step, *after]


def without(steps, place):
    before, after = steps[:place], steps[place + 1:]
    if steps[place][0] == "alloc":
        after = with_groups_moved(after, count_groups(before) + 1, -1)
    return [*before, *after]


def changed(chance, program, other):
    """The program with one change; `other` is one to take a part of."""
    steps = list(program.steps)
    place = chance.randrange(len(steps))
    groups = count_groups(steps)
    kind = chance.random()
    if kind < 0.5:
        steps[place] = changed_step(chance, steps[place], program.heap, groups)
    elif kind < 0.65:
        steps = inserted(steps, place + chance.randrange(2),
                         any_step(chance, program.heap, groups))
    elif kind < 0.75:
        steps = without(steps, place)
    elif kind < 0.82:
        steps = inserted(steps, chance.randrange(len(steps) + 1), steps[place])
    elif kind < 0.90:
        steps[place:] = other.steps[chance.randrange(len(other.steps)):]
    elif kind < 0.95:
        there = chance.randrange(len(steps))
        steps[place], steps[there] = steps[there], steps[place]
    else:
        return Program(chance.choice(HEAPS), program.steps)
    return Program(program.heap, tuple(steps[:STEPS_MAX]) or program.steps)


# ---- the search ----------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Elite:
    """A program that is the worst for an operation; the better, the less it takes as a whole."""
    most: int
    spent: int
    program: Program

    def surpasses(self, other):
        return other is None or (self.most, -self.spent) > (other.most, -other.spent)


class Search:
    """`elites`: {(operation, heap): Elite}"""

    def __init__(self, counter, seed):
        self.counter, self.chance, self.elites = counter, random.Random(seed), {}

    def try_program(self, program):
        counted, spent = self.counter.count(program)
        if spent > SPENT_MAX:
            return
        for operation, (_, most) in counted.items():
            elite, cell = Elite(most, spent, program), (operation, program.heap)
            if elite.surpasses(self.elites.get(cell)):
                self.elites[cell] = elite

    def any_elite(self):
        return self.elites[self.chance.choice(sorted(self.elites))].program

    def next_program(self):
        if not self.elites or self.chance.random() < NEW_PROGRAMS:
            return any_program(self.chance)
        program = self.any_elite()
        while True:
            program = changed(self.chance, program, self.any_elite())
            if self.chance.random() < 0.5:
                return program

    def worst(self):
        """{operation: Elite}, over all heaps"""
        worst = {}
        for (operation, _), elite in sorted(self.elites.items(), key=lambda item: item[0]):
            if elite.surpasses(worst.get(operation)):
                worst[operation] = elite
        return worst

    def shortened(self, operation, elite):
        """The program without the steps that are not needed for it."""
        program = elite.program
        for place in reversed(range(len(program.steps))):
            shorter = Program(program.heap, tuple(without(list(program.steps), place)))
            if not shorter.steps:
                break
            counted, _ = self.counter.count(shorter)
            if counted.get(operation, (0, 0))[1] >= elite.most:
                program = shorter
        return program


def search(kernel, seed, programs, tell):
    """{operation: Elite}"""
    with Counter(kernel) as counter:
        it = Search(counter, seed)
        for number in range(programs):
            it.try_program(it.next_program())
            if number % 100 == 99:
                tell(number + 1, it.worst())
        return {operation: dataclasses.replace(elite, program=it.shortened(operation, elite))
                for operation, elite in it.worst().items()}


# ---- progress and results ------------------------------------------------------------------------


class Progress:
    """A line for each allocator from time to time, and at its end."""

    def __init__(self, programs):
        self.programs, self.begin, self.told = programs, time.monotonic(), {}

    def tell(self, allocator, done, worst):
        now = time.monotonic() - self.begin
        if now - self.told.get(allocator, 0) < 10 and done < self.programs:
            return
        self.told[allocator] = now
        found = ", ".join(f"{operation} {elite.most}" for operation, elite in worst.items())
        print(f"{now:4.0f} s, {allocator}, {done} of {self.programs} programs: {found}",
              file=sys.stderr, flush=True)


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, metavar="FOLDER")
    parser.add_argument("--allocators", required=True, metavar="NAMES")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", type=int, default=2000, help="for each allocator")
    parser.add_argument("--output", metavar="FILE", help="default: bench/worst.txt in the build")
    arguments = parser.parse_args()
    arguments.output = arguments.output or os.path.join(arguments.build, "bench/worst.txt")
    return arguments


def search_all(names, arguments):
    """{(allocator, operation): Elite}"""
    progress = Progress(arguments.programs)

    def search_one(name):
        kernel = os.path.join(arguments.build, f"bench/kernel/adversary-{name}.elf")
        return search(kernel, f"{arguments.seed} {name}", arguments.programs,
                      functools.partial(progress.tell, name))

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = dict(zip(names, pool.map(search_one, names)))
    return {(name, operation): elite for name in names for operation, elite in found[name].items()}


def main():
    arguments = read_arguments()
    names = arguments.allocators.split()
    print(f"seed {arguments.seed}", file=sys.stderr)
    found = search_all(names, arguments)
    kept = {key: program for key, program in kernel_adversary.read_kept().items()
            if key[0] not in names}
    found_programs = {key: elite.program for key, elite in found.items()}
    kernel_adversary.write_programs(kept | found_programs, arguments.output)
    for (name, operation), elite in found.items():
        print(f"{name:18}{operation:15}{elite.most:9} instructions")
    print(f"the programs are in {arguments.output}; to keep them, copy it to "
          f"{os.path.relpath(kernel_adversary.KEPT)}")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""Adversaries: the programs, the file that keeps them, and the kernel that counts what they cost.

What a program is, bench/adversary/program.h says. bench/adversary/worst.txt keeps, for each allocator
and operation, the worst that a search has found.
"""

import dataclasses
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "support"))
from harness import qemu  # noqa: E402

KEPT = os.path.join(ROOT, "bench/adversary/worst.txt")
OPERATIONS = ("alloc", "dealloc", "realloc", "realloc_moved", "refused")
HEAP = "heap=10M"  # what the kernel maps; a program takes a part of it
COUNTED = re.compile(r"instructions adversary (\w+) (\d+) (\d+)")
END = re.compile(r"end (\d+)")


@dataclasses.dataclass(frozen=True)
class Program:
    """The heap's size, and the steps: each a tuple of the word and its numbers."""
    heap: int
    steps: tuple

    def text(self, name):
        lines = [("program", name), ("heap", self.heap), *self.steps]
        return "".join(" ".join(map(str, line)) + "\n" for line in lines)


# ---- what is kept ----


def read_kept():
    """{(allocator, operation): program}"""
    with open(KEPT, encoding="utf-8") as file:
        parts = re.sub(r"^#.*\n", "", file.read(), flags=re.MULTILINE).split("\n\n")
    programs = {}
    for part in filter(None, (part.strip() for part in parts)):
        name, heap, *steps = (line.split() for line in part.splitlines())
        steps = tuple((word, *map(int, numbers)) for word, *numbers in steps)
        programs[tuple(name[1:])] = Program(int(heap[1]), steps)
    return programs


HEAD = """\
# SPDX-License-Identifier: MIT
# For each allocator and operation the program that made it dearest, as make bench-adversary has
# found it. What the lines mean, bench/adversary/program.h says.
"""


def write_programs(programs, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([HEAD, *(program.text(" ".join(name))
                                      for name, program in sorted(programs.items()))]))


# ---- counting ----


class Counter:
    """A kernel in QEMU that runs programs, one after the other, and counts instructions."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.machine = subprocess.Popen(
            qemu.unattended(kernel, *qemu.COUNTED, append=HEAP), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1)
        self.read_until(re.compile("ready"))

    def __enter__(self):
        return self

    def __exit__(self, error, *_):
        if error:
            self.machine.kill()
        self.machine.communicate("" if error else "\n")

    def read_until(self, last):
        lines = []
        for line in self.machine.stdout:
            lines.append(line.strip())
            if last.fullmatch(lines[-1]):
                return lines
        sys.exit(f"{self.kernel} ended while it was asked:\n" + "\n".join(lines))

    def count(self, program):
        """{operation: (median, maximum)}, and the sum of all operations; of a program that takes
        too long, nothing."""
        self.machine.stdin.write(program.text("asked") + "\n")
        lines = self.read_until(END)
        matches = map(COUNTED.fullmatch, lines)
        return ({match[1]: (int(match[2]), int(match[3])) for match in matches if match},
                int(END.fullmatch(lines[-1])[1]))


def worst_of(allocator, kernel):
    """{operation: (median, maximum)}, by those of the programs kept for it that have the largest
    maximum"""
    worst = {}
    with Counter(kernel) as counter:
        for (name, _), program in sorted(read_kept().items()):
            counted = counter.count(program)[0] if name == allocator else {}
            for operation, figures in counted.items():
                worst[operation] = max(figures, worst.get(operation, (0, 0)),
                                       key=lambda pair: pair[1])
    return worst

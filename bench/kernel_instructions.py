#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Instructions of each allocator's operations in the kernel: exact, and the same in every run.

    bench/kernel_instructions.py COMPILER RESULTS

Boots what `make bench-kernel` has built, bench/kernel/*-ALLOCATOR.elf in the compiler's folder, prints
a table, and leaves kernel-instructions.csv in the folder RESULTS: what bench/results has of other
compilers, and the new rows. bench/kernel/instructions.c says what is measured; the workload
`adversary` is the worst of what bench/adversary/worst.txt keeps for that allocator, as
bench/kernel/adversary.c counts it. Another
version of a compiler makes other code, so the rows hold for the version that stands beside them.
"""

import csv
import glob
import os
import re
import subprocess
import sys

import kernel_adversary  # finds support/ for harness
from harness import qemu
from harness.tests import ROOT, Failure, build_folder

KEPT = os.path.join(ROOT, "bench/results/kernel-instructions.csv")
COLUMNS = ("compiler", "allocator", "workload", "operation", "median", "maximum")
HEAP = "heap=4M"
NOT_COUNTED = ("heap", "dummy", "none")  # of kernel/heap


def version_of(compiler):
    """The first line of what it says of itself: its name, its package and its version."""
    said = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True)
    return said.stdout.splitlines()[0]


def allocators():
    names = (os.path.basename(path).removesuffix(".c") for path in
             glob.glob(os.path.join(ROOT, "kernel/heap/*.c")))
    return sorted(set(names) - set(NOT_COUNTED))


def kernel_of(compiler, program, allocator):
    return build_folder(compiler, f"bench/kernel/{program}-{allocator}.elf")


def count(kernel):
    """{(workload, operation): (median, maximum)}"""
    printed = qemu.boot(kernel, *qemu.COUNTED, append=HEAP)
    lines = re.findall(r"^instructions (\w+) (\w+) (\d+) (\d+)\r?$", printed, re.MULTILINE)
    return {(workload, operation): (int(median), int(maximum))
            for workload, operation, median, maximum in lines}


def count_adversary(allocator, kernel):
    return {("adversary", operation): figures for operation, figures in
            kernel_adversary.worst_of(allocator, kernel).items()}


def count_all(compiler):
    """{(allocator, workload, operation): (median, maximum)}"""
    return {(allocator, *names): figures for allocator in allocators() for names, figures in
            (count(kernel_of(compiler, "instructions", allocator)) |
             count_adversary(allocator, kernel_of(compiler, "adversary", allocator))).items()}


# ---- what is kept ----


def read_results():
    """{compiler's version: {(allocator, workload, operation): (median, maximum)}}"""
    results = {}
    if os.path.exists(KEPT):
        with open(KEPT, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                names = (row["allocator"], row["workload"], row["operation"])
                figures = (int(row["median"]), int(row["maximum"]))
                results.setdefault(row["compiler"], {})[names] = figures
    return results


def write_results(results, folder):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, os.path.basename(KEPT)), "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for version, rows in sorted(results.items()):
            writer.writerows((version, *names, *figures) for names, figures in rows.items())


def is_same_compiler(version, other):
    return version.split()[:2] == other.split()[:2]


def differences(kept, counted):
    """What is not as it was kept, a line for each."""
    return [f"{' '.join(names)}: kept {kept.get(names, 'nothing')}, counted "
            f"{counted.get(names, 'nothing')} (median, maximum)"
            for names in sorted(kept.keys() | counted.keys())
            if kept.get(names) != counted.get(names)]


# ---- the table ----


def print_table(counted):
    allocators = list(dict.fromkeys(names[0] for names in counted))
    rows = list(dict.fromkeys(names[1:] for names in counted))
    print("instructions, median / maximum")
    print(f"{'':32}" + "".join(f"{name:>18}" for name in allocators))
    for row in rows:
        cells = (counted.get((name, *row)) for name in allocators)
        print(f"{' '.join(row):32}" +
              "".join(f"{f'{cell[0]} / {cell[1]}' if cell else '-':>18}" for cell in cells))


def main():
    compiler, folder = sys.argv[1:]
    version = version_of(compiler)
    counted = count_all(compiler)
    print(version)
    print_table(counted)
    results = {other: rows for other, rows in read_results().items()
               if not is_same_compiler(version, other)}
    write_results(results | {version: counted}, folder)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(str(failure))

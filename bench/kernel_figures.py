#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the kernel costs: its boot beside that of an empty kernel, exact instructions, its size.

    bench/kernel_figures.py BUILD [BOOTS]

The boots are interleaved, so that a change of the machine's speed meets both, and their times are
whole QEMU processes: quote the medians' ratio. Instructions are exact (-icount) and the same in
every run.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "support"))
from harness import qemu, tiny_kernel  # noqa: E402  (an empty kernel: it ends when it is entered)
from harness.tests import Failure  # noqa: E402


def seconds_to_boot(kernel):
    begin = time.perf_counter()
    qemu.boot(kernel)
    return time.perf_counter() - begin


def compare_boots(kernel, empty, boots):
    times = {kernel: [], empty: []}
    for done in range(boots):
        for name in times:
            times[name].append(seconds_to_boot(name))
        print(f"\r{done + 1} of {boots} boots", end="", file=sys.stderr, flush=True)
    print("\r", end="", file=sys.stderr)
    ours, floor = (statistics.median(times[name]) * 1000 for name in (kernel, empty))
    print(f"boot to exit, median of {boots}, interleaved: {ours:.1f} ms beside {floor:.1f} ms for "
          f"an empty kernel: {ours / floor:.2f}x")


def count_instructions(figures):
    for line in qemu.boot(figures, *qemu.COUNTED).splitlines():
        print(f"instructions, {line}")


def tell_size(kernel):
    columns = subprocess.run(["size", kernel], capture_output=True, text=True,
                             check=True).stdout.splitlines()[1].split()
    symbols = subprocess.run(["size", "-A", kernel], capture_output=True, text=True, check=True)
    table = next(int(line.split()[1]) for line in symbols.stdout.splitlines()
                 if line.startswith(".symbols"))
    print(f"size: {int(columns[0]) - table} bytes of code and constants, {table} of symbols, "
          f"{columns[1]} of data, {columns[2]} zeroed")


def main():
    build = sys.argv[1]
    boots = int(sys.argv[2]) if len(sys.argv) > 2 else 41
    kernel = os.path.join(build, "cairn-linked_list.elf")
    with tempfile.TemporaryDirectory(prefix="cairn-") as folder:
        compare_boots(kernel, tiny_kernel.build(folder, "BEHAVIOUR=EXIT_SUCCESS"), boots)
    count_instructions(os.path.join(build, "bench/kernel/figures.elf"))
    tell_size(kernel)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(str(failure))

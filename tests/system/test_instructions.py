# SPDX-License-Identifier: MIT
"""The allocators' exact instruction counts in the kernel, beside those that are kept.

Another version of the compiler makes other code: then there is nothing to compare with, and what is
left is that two runs count the same, and that cairn stays within the bounds that <cairn/heap.h>
states."""

import os
import re

import kernel_instructions

from harness.tests import ROOT, Failure, expect

OPERATIONS = ("alloc", "dealloc")


def count(compiler):
    try:
        return kernel_instructions.count_all(compiler)
    except SystemExit as ended:
        raise Failure("a kernel did not count to its end", str(ended.code)) from ended


def check_same(expected, counted, advice):
    found = kernel_instructions.differences(expected, counted)
    expect(not found, f"{len(found)} counts differ: {advice}", "\n".join(found))


def check_every_allocator(counted):
    missing = [f"{allocator} {workload} {operation}"
               for allocator in kernel_instructions.allocators()
               for workload in ("pairs_64", "batch_100", "random_actions", "locked", "adversary")
               for operation in OPERATIONS if (allocator, workload, operation) not in counted]
    expect(not missing, "some are missing", "\n".join(missing))


def check_kept(compiler, counted, note):
    version = kernel_instructions.version_of(compiler)
    kept = kernel_instructions.read_results().get(version)
    if kept is None:
        note(f"compared with no kept counts, for there are none of {version}")
    else:
        check_same(kept, counted, f"if the change is meant, run make CC={compiler} bench-kernel")


# ---- the bounds of cairn ----


def stated_bounds():
    """{name: number}, of the macros CAIRN_HEAP_NAME in <cairn/heap.h>."""
    with open(os.path.join(ROOT, "alloc/include/cairn/heap.h"), encoding="utf-8") as file:
        return {name: int(number) for name, number in
                re.findall(r"^#define CAIRN_HEAP_(\w+) +(\d+)$", file.read(), re.MULTILINE)}


def bound_of(bounds, workload, operation):
    """For this operation in this workload; nothing where copying, or pushing, is counted as well."""
    flush = bounds["FLUSH_INSTRUCTIONS"] * bounds["CACHED_BLOCKS"]
    may_flush = workload in ("emptied", "adversary", "full", "too_large")
    if operation == "dealloc":
        return bounds["DEALLOC_INSTRUCTIONS"]
    if operation in ("alloc", "refused"):
        return bounds["ALLOC_INSTRUCTIONS"] + (flush if may_flush else 0)
    if workload == "adversary":  # which does not count the copying
        return bounds["REALLOC_INSTRUCTIONS"] + flush
    return None


def passed_bounds(bounds, counted):
    bounded = {names: bound_of(bounds, *names[1:]) for names in counted if names[0] == "cairn"}
    return [f"{' '.join(names)}: {counted[names][1]} instructions, and {bound} is stated"
            for names, bound in bounded.items() if bound and counted[names][1] > bound]


def check_bounds(counted):
    bounds = stated_bounds()
    passed = passed_bounds(bounds, counted)
    expect(not passed, "a bound is passed", "\n".join(passed))
    tight = {name: 1 for name in bounds}
    expect(len(passed_bounds(tight, counted)) >= 20, "hardly any count was compared")


def test_instructions(compiler, note):
    counted = count(compiler)
    check_every_allocator(counted)
    check_bounds(counted)
    check_same(counted, count(compiler), "what is not exact?")
    check_kept(compiler, counted, note)

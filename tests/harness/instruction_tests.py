# SPDX-License-Identifier: MIT
"""The allocators' exact instruction counts in the kernel, beside those that are kept.

Another version of the compiler makes other code: then there is nothing to compare with, the test's
name says so, and what is left is that two runs count the same, and that cairn stays within the
bounds that <cairn/heap.h> states."""

import os
import re
import sys

from .tests import ROOT, Failure, Result, Test

sys.path.insert(0, os.path.join(ROOT, "bench"))
import kernel_instructions  # noqa: E402

OPERATIONS = ("alloc", "dealloc")


def count(compiler):
    try:
        return kernel_instructions.count_all(compiler)
    except SystemExit as ended:
        raise Failure("a kernel did not count to its end", str(ended.code)) from ended


def compare(name, expected, counted, advice):
    found = kernel_instructions.differences(expected, counted)
    return Result(name, f"{len(found)} counts differ: {advice}" if found else "", "\n".join(found))


def every_allocator_has_counts(counted):
    missing = [f"{allocator} {workload} {operation}"
               for allocator in kernel_instructions.allocators()
               for workload in ("pairs_64", "batch_100", "random_actions", "locked", "adversary")
               for operation in OPERATIONS if (allocator, workload, operation) not in counted]
    return Result("every_allocator_has_counts", "some are missing" if missing else "",
                  "\n".join(missing))


def compare_with_kept(compiler, counted):
    version = kernel_instructions.version_of(compiler)
    kept = kernel_instructions.read_results().get(version)
    if kept is None:
        return Result(f"not_compared_because_none_are_kept_for {version}")
    return compare("the_counts_are_those_kept", kept, counted,
                   f"if the change is meant, run make CC={compiler} bench-kernel")


# ---- the bounds of cairn ----


def stated_bounds():
    """{name: number}, of the macros CAIRN_HEAP_NAME in <cairn/heap.h>."""
    with open(os.path.join(ROOT, "alloc/include/cairn/heap.h"), encoding="utf-8") as file:
        return {name: int(number) for name, number in
                re.findall(r"^#define CAIRN_HEAP_(\w+) +(\d+)$", file.read(), re.MULTILINE)}


def bound_of(bounds, workload, operation):
    """For this operation in this workload; nothing where copying, or pushing, is counted as well."""
    flush = bounds["FLUSH_INSTRUCTIONS"] * bounds["CACHED_BLOCKS"]
    may_flush = workload in ("emptied", "adversary")
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


def cairn_stays_within_its_bounds(counted):
    bounds = stated_bounds()
    passed = passed_bounds(bounds, counted)
    tight = {name: 1 for name in bounds}
    if not passed and len(passed_bounds(tight, counted)) < 20:
        passed = ["hardly any count was compared"]
    return Result("cairn_stays_within_its_bounds", "a bound is passed" if passed else "",
                  "\n".join(passed))


def instructions(compiler):
    counted = count(compiler)
    return [every_allocator_has_counts(counted), cairn_stays_within_its_bounds(counted),
            compare("two_runs_count_the_same", counted, count(compiler), "what is not exact?"),
            compare_with_kept(compiler, counted)]


def tests(compiler):
    return [Test(f"{compiler}/instructions", lambda: instructions(compiler), seconds=14)]

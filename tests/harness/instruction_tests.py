# SPDX-License-Identifier: MIT
"""The allocators' exact instruction counts in the kernel, beside those that are kept.

Another version of the compiler makes other code: then there is nothing to compare with, the test's
name says so, and what is left is that two runs count the same."""

import os
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


def instructions(compiler):
    counted = count(compiler)
    return [every_allocator_has_counts(counted),
            compare("two_runs_count_the_same", counted, count(compiler), "what is not exact?"),
            compare_with_kept(compiler, counted)]


def tests(compiler):
    return [Test(f"{compiler}/instructions", lambda: instructions(compiler), seconds=14)]

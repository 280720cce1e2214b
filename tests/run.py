#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the tests that `make test` has built.

    tests/run.py COMPILER...                  every test, of what these compilers built
    tests/run.py --only TEXT COMPILER...      those whose name has this text
    tests/run.py --show NAME COMPILER         one kernel test, with what it prints

The last line is "N passed, N failed"; the exit status is 0 only where none failed. Each test is
named COMPILER/SUITE/NAME, and harness/NAME. The suites are modules of tests/harness:

    unit        programs for this machine, with sanitizers     hosted_tests.py
    kernel      kernels of their own, booted once each         kernel_tests.py
    system      the kernel that users boot, on many machines   system_tests.py
    screen      what its screen shows                          screen_tests.py
    build       make's targets and the tools                   build_tests.py
    bench       the benchmarks' tables, CSV and pictures       bench_tests.py
    instructions  exact counts in the kernel                   instruction_tests.py
    library     installing, and building against it            library_tests.py
    record      cairn-record: traces of programs               record_tests.py
    preload     real programs with our malloc                  preload_tests.py
    harness     that all this sees what it must see            harness_tests.py
"""

import argparse
import sys

from harness import (bench_tests, build_tests, harness_tests, hosted_tests,
                     instruction_tests, kernel_tests, library_tests, preload_tests, record_tests,
                     screen_tests, system_tests)
from harness.tests import Report, run_all

SUITES_PER_COMPILER = (hosted_tests, kernel_tests, system_tests, screen_tests, build_tests,
                       bench_tests, instruction_tests, library_tests, record_tests, preload_tests)


def show(name, compiler):
    report = Report(1)
    for result in kernel_tests.show(name, compiler):
        if result.reason:
            report.add(result)
        else:
            report.passed += 1  # the kernel said so itself
    return report.finish()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("compilers", nargs="+", metavar="COMPILER")
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--show", metavar="NAME")
    arguments = parser.parse_args()
    if arguments.show:
        return show(arguments.show, arguments.compilers[0])
    tests = [test for compiler in arguments.compilers for suite in SUITES_PER_COMPILER
             for test in suite.tests(compiler)]
    tests += harness_tests.tests()
    tests = [test for test in tests if arguments.only in test.name]
    if not tests:
        print(f"no test has {arguments.only!r} in its name", file=sys.stderr)
    return run_all(tests)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

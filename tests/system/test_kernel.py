# SPDX-License-Identifier: MIT
"""The kernels of tests/kernel, each booted once.

What a boot must show stands at the top of its C file, in lines of the form `// KEY: VALUE`:

    // expect-exit: failure          how the machine must end; default success
    // expect: TEXT                  the output holds TEXT, after all that is expected before it;
                                     * stands for anything within a line, and {NAME} for the number
                                     of the line with the comment /* NAME */
    // expect-not: TEXT              the output does not hold TEXT
    // append: heap=1M               the kernel's command line
    // memory: 16M                   the machine's memory
    // cpu: qemu64                   its processor
    // qemu: -smp 2                  further options for QEMU
    // timeout: 10                   seconds; default 30
    // allocator: dummy              the global allocator (read by mk/tests.mk); default linked_list

A panic that nothing expects fails the test, and so does a key that is not in this list. Where the
kernel says "Running 4 tests", each of the four must follow, as "NAME... [ok]", unless a panic is
expected to end it.
"""

import os
import re

import pytest

from harness.machine import PANIC, Machine, boot, check_output, check_status
from harness.tests import Failure, ROOT, build_folder, sources_in

pytestmark = pytest.mark.both_compilers

FOLDER = "tests/kernel"
MACHINE_KEYS = ("append", "memory", "cpu", "qemu", "timeout")
KEYS = ("expect-exit", "expect", "expect-not", "allocator", *MACHINE_KEYS)


def read_source(name):
    with open(os.path.join(ROOT, FOLDER, f"{name}.c"), encoding="utf-8") as source:
        return source.read()


# ---- expectations --------------------------------------------------------------------------------


def fill_in_lines(text, source):
    """Replaces each {NAME} by the number of the line that has the comment /* NAME */."""
    def line_number(match):
        marker = f"/* {match[1]} */"
        lines = [i for i, line in enumerate(source.splitlines(), 1) if marker in line]
        if len(lines) != 1:
            raise Failure(f"{len(lines)} lines have the comment {marker}, not one")
        return str(lines[0])
    return re.sub(r"\{([A-Z_]+)\}", line_number, text)


def read_expectations(source):
    """The keys of a test and their values: {"expect": [...], "expect-exit": [...], ...}."""
    expectations = {key: [] for key in KEYS}
    for line in re.findall(r"^//(.*)$", source, re.MULTILINE):
        key, colon, value = line.strip().partition(": ")
        if key not in KEYS or not colon or not value:
            raise Failure(f"'//{line}' is not of the form // KEY: VALUE with one of the keys "
                          + ", ".join(KEYS))
        expectations[key].append(fill_in_lines(value, source))
    if expectations["expect-exit"] not in ([], ["success"], ["failure"]):
        raise Failure("'// expect-exit: ' is followed by success or failure, and is there once")
    return expectations


def machine_for(name, compiler, expectations):
    options = {key: expectations[key][-1] for key in MACHINE_KEYS if expectations[key]}
    if "timeout" in options:
        options["timeout"] = float(options["timeout"])
    return Machine(build_folder(compiler, FOLDER, f"{name}.elf"), **options)


# ---- running -------------------------------------------------------------------------------------


def announced_tests(output):
    """How many tests the kernel ran; all that it announced must have passed."""
    announcement = re.search(r"^Running (\d+) tests?$", output, re.MULTILINE)
    if not announcement:
        return 1
    passed = re.findall(r"^\w+\.\.\.(?:.|\n)*?\[ok\]$", output[announcement.end():], re.MULTILINE)
    if len(passed) != int(announcement[1]):
        raise Failure(f"{len(passed)} of {announcement[1]} tests passed", output)
    return len(passed)


def judge(ended, expectations):
    """How many tests passed."""
    check_status(ended, *expectations["expect-exit"] or ["success"])
    check_output(ended, expectations["expect"], expectations["expect-not"])
    if any(PANIC in text for text in expectations["expect"]):
        return 1
    return announced_tests(ended.output)


@pytest.mark.parametrize("name", sources_in(FOLDER))
def test_kernel(compiler, name, count):
    expectations = read_expectations(read_source(name))
    ended = boot(machine_for(name, compiler, expectations))
    count(passed=judge(ended, expectations), failed=0)
    print(ended.output, end="")  # of a test that passed; a failure holds it

# SPDX-License-Identifier: MIT
"""Programs that run on this machine: the unit tests, each a cmocka program of several tests."""

import os
import re

from .tests import Failure, ROOT, Result, Test, describe_status, run_program

FOLDER = "tests/unit"
TIMEOUT = 120


def names():
    files = os.listdir(os.path.join(ROOT, FOLDER))
    return sorted(name.removesuffix(".c") for name in files if name.endswith(".c"))


def text_of_test(output, name):
    """What a test printed, between the line that begins it and the one that ends it."""
    match = re.search(rf"\[ RUN +\] {name}\n(.*?)(?=\[ RUN|\[=====|\Z)", output, re.DOTALL)
    return match[1] if match else output


def read_results(ended):
    """One result for each test that the program began; one that did not end has failed."""
    begun = re.findall(r"^\[ RUN +\] (.*)$", ended.output, re.MULTILINE)
    passed = set(re.findall(r"^\[ +OK \] (.*)$", ended.output, re.MULTILINE))
    return [Result(name) if name in passed else
            Result(name, "it failed", text_of_test(ended.output, name)) for name in begun]


def check_count(ended, results):
    """Every test that was announced must have begun, and the program must agree on the outcome."""
    announced = sum(map(int, re.findall(r"^\[=+\] Running (\d+) test", ended.output, re.MULTILINE)))
    if announced == 0:
        raise Failure("it announced no tests", ended.output)
    all_passed = all(not result.reason for result in results)
    if all_passed and (announced != len(results) or ended.status != 0):
        raise Failure(f"it {describe_status(ended.status)} after {len(results)} of {announced} tests",
                      ended.output)


def run(program):
    ended = run_program([program], TIMEOUT)
    results = read_results(ended)
    check_count(ended, results)
    return results


def tests(compiler):
    programs = {name: f"build/{compiler}/{FOLDER}/{name}" for name in names()}
    return [Test(f"{compiler}/unit/{name}", lambda program=program: run(program), program)
            for name, program in programs.items()]

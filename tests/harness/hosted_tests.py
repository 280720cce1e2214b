# SPDX-License-Identifier: MIT
"""Programs that run on this machine: the unit, conformance and reliability tests, each a cmocka
program of several tests, and tests/diagnostics/run, which says NAME... [ok] or [failed] of what it
tried."""

import os
import re

from .tests import Failure, ROOT, Result, Test, describe_status, run_program

TIMEOUT = 120
SUITES = ("unit", "conformance", "reliability")
DIAGNOSTICS = "tests/diagnostics/run"


def names(suite):
    files = os.listdir(os.path.join(ROOT, "tests", suite))
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
        raise Failure(f"it {describe_status(ended.status)} after {len(results)} of {announced} "
                      "tests", ended.output)


def run(program):
    ended = run_program([program], TIMEOUT)
    results = read_results(ended)
    check_count(ended, results)
    return results


def run_diagnostics(compiler):
    ended = run_program([DIAGNOSTICS, compiler], TIMEOUT)
    lines = re.findall(r"^(\S+)\.\.\. \[(ok|failed)\]$", ended.output, re.MULTILINE)
    results = [Result(name, "" if outcome == "ok" else "it failed", ended.output)
               for name, outcome in lines]
    if not results or (ended.status != 0) != any(result.reason for result in results):
        raise Failure(f"it {describe_status(ended.status)} after {len(results)} tests",
                      ended.output)
    return results


def tests(compiler):
    programs = {f"{suite}/{name}": f"build/{compiler}/tests/{suite}/{name}"
                for suite in SUITES for name in names(suite)}
    programs |= {f"{suite}/{name}": f"build/{compiler}/tests/{suite}/{name}"
                 for suite in ("threads", "threads-plain") for name in names("threads")}
    found = [Test(f"{compiler}/{name}", lambda program=program: run(program), program, seconds=3)
             for name, program in programs.items()]
    if os.path.exists(os.path.join(ROOT, DIAGNOSTICS)):
        found.append(Test(f"{compiler}/diagnostics", lambda: run_diagnostics(compiler),
                          f"{DIAGNOSTICS} {compiler}", seconds=10))
    return found

# SPDX-License-Identifier: MIT
"""The cmocka programs: each tests/SUITE/NAME.c of SUITES, with one or many tests.

Which of a program's tests passed is read from the report that cmocka writes for machines, as
JUnit's XML, and counted one by one. A program that died before it had written one has failed."""

from xml.etree import ElementTree

import pytest

from harness.tests import Failure, build_folder, describe_status, expect, run_program, sources_in

SUITES = ("base", "bench", "classic", "collections", "conformance", "heap", "interface",
          "kernel_units", "posix", "record", "reliability", "self", "threads", "wrappers")
FOLDERS = {"threads": ("threads", "threads-plain")}  # of a suite's programs, where not its name
PROGRAMS = [f"{folder}/{name}" for suite in SUITES for folder in FOLDERS.get(suite, (suite,))
            for name in sources_in(f"tests/{suite}")]


def read_report(path, ended):
    """Of each test its name, and why it failed, or nothing."""
    if not path.exists():
        raise Failure(f"it {describe_status(ended.status)} and wrote no report", ended.output)
    try:
        tests = ElementTree.parse(path).iter("testcase")
    except ElementTree.ParseError as error:
        raise Failure(f"its report cannot be read: {error}", path.read_text()) from error
    return [(test.get("name"), "".join(child.text or child.tag for child in test))
            for test in tests]


def judge(ended, tests):
    """How many tests passed, and why the others failed."""
    failures = [f"{name}: {why}" for name, why in tests if why]
    expect(tests, "it has no tests", ended.output)
    expect(failures or ended.status == 0,
           f"its tests passed, but it {describe_status(ended.status)}", ended.output)
    return len(tests) - len(failures), failures


def run(path, folder):
    """Runs a program with its report in the folder: how many tests passed, why others failed, and
    its output."""
    report = folder / "report.xml"
    ended = run_program([path], CMOCKA_MESSAGE_OUTPUT="XML", CMOCKA_XML_FILE=str(report))
    return *judge(ended, read_report(report, ended)), ended.output


@pytest.mark.parametrize("program", PROGRAMS)
def test_cmocka(compiler, program, count, tmp_path):
    path = build_folder(compiler, "tests", program)
    passed, failures, output = run(path, tmp_path)
    count(passed=passed, failed=len(failures))
    expect(not failures, f"{len(failures)} tests of {path} failed", "\n".join([output, *failures]))
    print(output, end="")  # of a test that passed; a failure holds it

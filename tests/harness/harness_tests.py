# SPDX-License-Identifier: MIT
"""The harness itself: that it takes nothing for a success that is none.

A machine can end in many ways, and only one is success. Each other way is made to happen here,
with a kernel of a few instructions, and must be told by its own status; and each reader of output
gets output that is subtly wrong.
"""

import contextlib
import io
import os
import signal
import subprocess
import tempfile
import time

from . import hosted_tests, kernel_tests, screen_tests, tiny_kernel
from .machine import Machine, boot, check_order, check_output, check_status
from .tests import Ended, Failure, ROOT, Report, Result, Test, expect, run_program


def must_fail(reason, function, *arguments):
    """The function must raise a Failure whose reason holds the text."""
    try:
        function(*arguments)
    except Failure as failure:
        expect(reason in failure.reason, f"it failed with {failure.reason!r}, not with {reason!r}")
        return
    raise Failure(f"it passed, and was to fail with {reason!r}")


# ---- how machines end ----------------------------------------------------------------------------

ENDS = (
    # how the kernel ends, what tools/qemu must make of it, what it says
    ("EXIT_SUCCESS", "success", ""),
    ("EXIT_FAILURE", "failure", ""),
    ("EXIT_OTHER", "QEMU failed", "status 37, which is none of the kernel's"),
    ("EXIT_ZERO", "QEMU failed", "status 1, which is none of the kernel's"),
    ("TRIPLE_FAULT", "reset", "triple fault"),
    ("RESET", "reset", "reset or switched off before the kernel told how it went"),
    ("HANG", "timeout", "did not end within 2 seconds"),
    ("SPIN", "timeout", "did not end within 2 seconds"),
)


def check_end(behaviour, end, sentence):
    with tempfile.TemporaryDirectory() as folder:
        kernel = tiny_kernel.build(folder, f"BEHAVIOUR={behaviour}")
        ended = boot(Machine(kernel, timeout=2 if end == "timeout" else 30))
    check_status(ended, end)
    expect(sentence in ended.output, f"it did not say {sentence!r}", ended.output)
    for other in {"success", "failure"} - {end}:
        must_fail("the run was to end with", check_status, ended, other)


def wait_for_child(pid):
    for _ in range(100):
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
            for child in children.read().split():
                return int(child)
        time.sleep(0.1)
    raise Failure("tools/qemu did not start QEMU")


def killed_qemu_is_a_failure():
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(tiny_kernel.build(folder, "BEHAVIOUR=HANG"))
        with subprocess.Popen(machine.command(), cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            os.kill(wait_for_child(process.pid), signal.SIGKILL)
            output, _ = process.communicate(timeout=30)
    ended = Ended(process.returncode, output)
    check_status(ended, "QEMU failed")
    check_output(ended, ["QEMU was killed by signal 9"])
    must_fail("ended with QEMU failed", check_status, ended, "success")


def refused_options_are_a_failure():
    with tempfile.TemporaryDirectory() as folder:
        kernel = tiny_kernel.build(folder, "BEHAVIOUR=EXIT_SUCCESS")
        check_status(boot(Machine(kernel, qemu="-nonsense")), "QEMU failed")
        check_status(boot(Machine(kernel, memory="1M")), "cannot run")
        check_status(boot(Machine(kernel + ".missing")), "cannot run")


# ---- kernel tests --------------------------------------------------------------------------------

GOOD_OUTPUT = "Running 2 tests\none... [ok]\ntwo... some text\n[ok]\n"


def judge(output, status=0, *lines):
    source = "\n".join(f"// {line}" for line in lines)
    return kernel_tests.judge(Ended(status, output), kernel_tests.read_expectations(source))


def kernel_tests_are_read():
    names = [result.name for result in judge(GOOD_OUTPUT)]
    expect(names == ["one", "two"], f"it read {names}")
    judge("a b\nc\n", 1, "expect-exit: failure", "expect: a*b", "expect: c", "expect-not: d")
    judge("Running 1 tests\none... panicked at 'x'", 1, "expect-exit: failure",
          "expect: panicked at 'x'")


def kernel_tests_must_end_as_expected():
    must_fail("was to end with success", judge, GOOD_OUTPUT, 1)
    must_fail("was to end with success", judge, GOOD_OUTPUT, 3)
    must_fail("was to end with failure", judge, GOOD_OUTPUT, 0, "expect-exit: failure")


def kernel_tests_must_all_pass():
    must_fail("1 of 2 tests", judge, "Running 2 tests\none... [ok]\n")
    must_fail("1 of 2 tests", judge, "Running 2 tests\none... [ok]\ntwo... ")
    must_fail("panicked", judge, GOOD_OUTPUT + "panicked at 'x', y.c:1:\n")


def kernel_test_keys_must_be_known():
    for line in ("expected: a", "expect:", "expect a", "Expect: a"):
        must_fail("is not of the form", judge, GOOD_OUTPUT, 0, line)
    must_fail("is followed by success or failure", judge, GOOD_OUTPUT, 0, "expect-exit: panic")
    must_fail("0 lines have the comment", judge, GOOD_OUTPUT, 0, "expect: a.c:{HERE}")


def line_numbers_are_filled_in():
    source = "// expect: x.c:{HERE}\n\nf(); /* HERE */\n"
    expect(kernel_tests.read_expectations(source)["expect"] == ["x.c:3"], "it is not line 3")


def expected_texts_come_in_order():
    check_order("a1\nb\na2\n", ["a", "b", "a2"])
    must_fail("did not print 'b' in its place", check_order, "b\na\n", ["a", "b"])
    must_fail("did not print 'c'", check_order, "b\na\n", ["c"])
    must_fail("did not print 'a*b'", check_order, "a\nb\n", ["a*b"])


# ---- unit tests ----------------------------------------------------------------------------------


def cmocka(*lines, announced=2):
    return "\n".join([f"[==========] Running {announced} test(s).", *lines, ""])


def read_unit_tests(output, status=0):
    ended = Ended(status, output)
    results = hosted_tests.read_results(ended)
    hosted_tests.check_count(ended, results)
    return [bool(result.reason) for result in results]


RUN_A, RUN_B, OK_A, OK_B = "[ RUN      ] a", "[ RUN      ] b", "[       OK ] a", "[       OK ] b"


def unit_tests_are_counted():
    expect(read_unit_tests(cmocka(RUN_A, OK_A, RUN_B, OK_B)) == [False, False], "both pass")
    for end in ("[  FAILED  ] b", "[  SKIPPED ] b", "==1==ERROR: AddressSanitizer"):
        failed = read_unit_tests(cmocka(RUN_A, OK_A, RUN_B, end), 1)
        expect(failed == [False, True], f"after {end!r} it made {failed}")


def unit_tests_must_be_complete():
    must_fail("no tests", read_unit_tests, "")
    must_fail("after 1 of 2 tests", read_unit_tests, cmocka(RUN_A, OK_A))
    must_fail("ended with 1", read_unit_tests, cmocka(RUN_A, OK_A, RUN_B, OK_B), 1)
    must_fail("SIGSEGV", read_unit_tests, cmocka(RUN_A, OK_A, RUN_B, OK_B), -signal.SIGSEGV)


# ---- screens -------------------------------------------------------------------------------------

GLYPHS = {"a": 1, "b": 2, " ": 0}


def picture_of(text, columns=4):
    """An image whose cells, 3 by 1 pixels, show the bits of their character's glyph."""
    pixels = b"".join(b"\xff\xff\xff" if GLYPHS[character] >> bit & 1 else b"\0\0\0"
                      for character in text.ljust(columns) for bit in (2, 1, 0))
    return screen_tests.Image(b"P6\n%d 1\n255\n" % (3 * columns) + pixels)


def screens_are_compared():
    def check(shown, said):
        screen_tests.check_screen(picture_of(shown), said, (3, 1))
    check("abba", "abba")
    check("ab", "ab")
    must_fail("looks different in row 1, column 4", check, "abbb", "abba")
    must_fail("stands where", check, "aaaa", "aaab")
    must_fail("looks different", check, "abb", "abba")
    must_fail("looks different", check, "ab b", "ab")


# ---- the report ----------------------------------------------------------------------------------


def report_of(*results):
    """What is printed for these results, and whether they count as passed."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        report = Report(len(results))
        for result in results:
            report.add(result)
        passed = report.finish()
    return passed, out.getvalue().splitlines()


def failures_are_reported():
    expect(report_of(Result("a"), Result("b")) == (True, ["a... [ok]", "b... [ok]",
                                                          "2 passed, 0 failed"]), "both pass")
    passed, lines = report_of(Result("a"), Result("b", "why", "out\nput", "make b"))
    expect(not passed and lines[-1] == "1 passed, 1 failed" and "b... [failed]" in lines and
           {"    why", "    out", "    put", "    again: make b"} <= set(lines), str(lines))
    expect(not report_of()[0], "no tests at all passed")


def broken_tests_are_failures():
    def broken():
        raise KeyError("x")
    results = Test("t", broken).run()
    expect(len(results) == 1 and results[0].reason, "an exception in a test passed")
    must_fail("did not end within 1 seconds", run_program, ["sleep", "60"], 1)


def tests():
    ends = [Test(f"harness/{behaviour.lower()}",
                 lambda row=(behaviour, end, sentence): check_end(*row), seconds=2)
            for behaviour, end, sentence in ENDS]
    return ends + [Test(f"harness/{body.__name__}", body) for body in (
        killed_qemu_is_a_failure, refused_options_are_a_failure, kernel_tests_are_read,
        kernel_tests_must_end_as_expected, kernel_tests_must_all_pass,
        kernel_test_keys_must_be_known, line_numbers_are_filled_in, expected_texts_come_in_order,
        unit_tests_are_counted, unit_tests_must_be_complete, screens_are_compared,
        failures_are_reported, broken_tests_are_failures)]

# SPDX-License-Identifier: MIT
"""The harness itself: that it takes no failure for a success.

A machine can end in many ways, and only one is success. Each other way is made to happen here,
with a kernel of a few instructions, and must be told by its own status; and each reader of output
gets output that is subtly wrong.
"""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
import test_cmocka
import test_kernel
import test_screen
from harness import tiny_kernel
from harness.machine import Machine, boot, check_order, check_output, check_status
from harness.tests import ROOT, Ended, Failure, expect, run_program, run_well, started


def must_fail(reason, function, *arguments):
    """The function must raise a Failure whose reason holds the text."""
    try:
        function(*arguments)
    except Failure as failure:
        expect(reason in failure.reason, f"it failed with {failure.reason!r}, not with {reason!r}")
        return
    raise Failure(f"it passed, and was to fail with {reason!r}")


def test_programs_must_be_there_and_end():
    must_fail("no-such-program is missing", run_program, ["no-such-program"])
    must_fail("did not end within 1 seconds", run_program, ["sleep", "60"], 1)


# ---- how machines end ----------------------------------------------------------------------------

ENDS = (
    # how the kernel ends, what tools/qemu must make of it, what it says
    ("EXIT_SUCCESS", "success", ""),
    ("EXIT_FAILURE", "failure", ""),
    ("EXIT_OTHER", "qemu failed", "status 37, which is none of the kernel's"),
    ("EXIT_ZERO", "qemu failed", "status 1, which is none of the kernel's"),
    ("TRIPLE_FAULT", "reset", "triple fault"),
    ("RESET", "reset", "reset or switched off before the kernel told how it went"),
    ("HANG", "timeout", "did not end within 2 seconds"),
    ("SPIN", "timeout", "did not end within 2 seconds"),
)


@pytest.mark.parametrize("behaviour, end, sentence", ENDS, ids=[row[0].lower() for row in ENDS])
def test_end(behaviour, end, sentence, tmp_path):
    kernel = tiny_kernel.build(tmp_path, f"BEHAVIOUR={behaviour}")
    ended = boot(Machine(kernel, timeout=2 if end == "timeout" else 30))
    check_status(ended, end)
    expect(sentence in ended.output, f"it did not say {sentence!r}", ended.output)
    for other in {"success", "failure"} - {end}:
        must_fail("the run was to end with", check_status, ended, other)


def command_line(pid):
    """Nothing of a process that has ended, even if nobody has asked for its status."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().decode()
    except FileNotFoundError:
        return ""


def wait_for_qemu(pid):
    """The process that tools/qemu starts."""
    for _ in range(100):
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
            for child in children.read().split():
                if command_line(child).startswith("qemu-system"):
                    return int(child)
        time.sleep(0.1)
    raise Failure("tools/qemu did not start QEMU")


def test_killed_qemu_is_a_failure(tmp_path):
    machine = Machine(tiny_kernel.build(tmp_path, "BEHAVIOUR=HANG"))
    with started(machine.command(), text=True, stdout=subprocess.PIPE,
                 stderr=subprocess.STDOUT) as process:
        os.kill(wait_for_qemu(process.pid), signal.SIGKILL)
        output, _ = process.communicate(timeout=30)
    ended = Ended(process.returncode, output)
    check_status(ended, "qemu failed")
    check_output(ended, ["QEMU was killed by signal 9"])
    must_fail("ended with qemu failed", check_status, ended, "success")


def test_refused_options_are_a_failure(tmp_path):
    kernel = tiny_kernel.build(tmp_path, "BEHAVIOUR=EXIT_SUCCESS")
    check_status(boot(Machine(kernel, qemu="-nonsense")), "qemu failed")
    check_status(boot(Machine(kernel, memory="1M")), "cannot run")
    check_status(boot(Machine(kernel + ".missing")), "cannot run")


# ---- kernel tests --------------------------------------------------------------------------------

GOOD_OUTPUT = "Running 2 tests\none... [ok]\ntwo... some text\n[ok]\n"


def judge(output, status=0, *lines):
    source = "\n".join(f"// {line}" for line in lines)
    return test_kernel.judge(Ended(status, output), test_kernel.read_expectations(source))


def test_kernel_tests_are_read():
    assert judge(GOOD_OUTPUT) == 2
    judge("a b\nc\n", 1, "expect-exit: failure", "expect: a*b", "expect: c", "expect-not: d")
    judge("Running 1 tests\none... panicked at 'x'", 1, "expect-exit: failure",
          "expect: panicked at 'x'")


def test_kernel_tests_must_end_as_expected():
    must_fail("was to end with success", judge, GOOD_OUTPUT, 1)
    must_fail("was to end with success", judge, GOOD_OUTPUT, 3)
    must_fail("was to end with failure", judge, GOOD_OUTPUT, 0, "expect-exit: failure")


def test_kernel_tests_must_all_pass():
    must_fail("1 of 2 tests", judge, "Running 2 tests\none... [ok]\n")
    must_fail("1 of 2 tests", judge, "Running 2 tests\none... [ok]\ntwo... ")
    must_fail("panicked", judge, GOOD_OUTPUT + "panicked at 'x', y.c:1:\n")


def test_kernel_test_keys_must_be_known():
    for line in ("expected: a", "expect:", "expect a", "Expect: a"):
        must_fail("is not of the form", judge, GOOD_OUTPUT, 0, line)
    must_fail("is followed by success or failure", judge, GOOD_OUTPUT, 0, "expect-exit: panic")
    must_fail("0 lines have the comment", judge, GOOD_OUTPUT, 0, "expect: a.c:{HERE}")


def test_line_numbers_are_filled_in():
    source = "// expect: x.c:{HERE}\n\nf(); /* HERE */\n"
    expect(test_kernel.read_expectations(source)["expect"] == ["x.c:3"], "it is not line 3")


def test_expected_texts_come_in_order():
    check_order("a1\nb\na2\n", ["a", "b", "a2"])
    must_fail("did not print 'b' in its place", check_order, "b\na\n", ["a", "b"])
    must_fail("did not print 'c'", check_order, "b\na\n", ["c"])
    must_fail("did not print 'a*b'", check_order, "a\nb\n", ["a*b"])


# ---- cmocka programs ----------------------------------------------------------------------------


CMOCKA_PROGRAM = """
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

static void passes(void **state) { (void)state; }
static void fails(void **state) { (void)state; assert_string_equal("heap", "stack"); }
static void is_skipped(void **state) { (void)state; skip(); }
static void ends_the_program(void **state) { (void)state; _exit(0); }

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    return cmocka_run_group_tests(tests, NULL, NULL)STATUS;
}
"""


def run_cmocka(folder, *tests, status=""):
    """Builds and runs a program of these tests: how many passed, and why the others failed."""
    source, program = folder / "program.c", folder / "program"
    tests = ", ".join(f"cmocka_unit_test({test})" for test in tests)
    source.write_text(CMOCKA_PROGRAM.replace("TESTS", tests).replace("STATUS", status))
    run_well(["gcc", "-w", str(source), "-o", str(program), "-lcmocka"])
    (folder / "report.xml").unlink(missing_ok=True)
    return test_cmocka.run(str(program), folder)[:2]


def test_cmocka_tests_are_counted(tmp_path):
    assert run_cmocka(tmp_path, "passes", "passes") == (2, [])
    passed, failures = run_cmocka(tmp_path, "passes", "fails", "is_skipped")
    assert (passed, len(failures)) == (1, 2)
    assert failures[0].startswith("fails: ") and "stack" in failures[0]


def test_cmocka_programs_must_end_well(tmp_path):
    must_fail("it ended with 0 and wrote no report", run_cmocka, tmp_path, "passes",
              "ends_the_program")
    must_fail("passed, but it ended with 1", lambda: run_cmocka(tmp_path, "passes", status=" + 1"))


def read_cmocka(folder, report):
    path, ended = folder / "report.xml", Ended(0, "")
    path.write_text(report)
    test_cmocka.judge(ended, test_cmocka.read_report(path, ended))


def test_cmocka_reports_must_be_whole(tmp_path):
    must_fail("has no tests", read_cmocka, tmp_path, "<testsuites></testsuites>")
    must_fail("cannot be read", read_cmocka, tmp_path, "<testsuites>")


# ---- screens -------------------------------------------------------------------------------------

GLYPHS = {"a": 1, "b": 2, " ": 0}


def picture_of(text, columns=4):
    """An image whose cells, 3 by 1 pixels, show the bits of their character's glyph."""
    pixels = b"".join(b"\xff\xff\xff" if GLYPHS[character] >> bit & 1 else b"\0\0\0"
                      for character in text.ljust(columns) for bit in (2, 1, 0))
    return test_screen.Image(b"P6\n%d 1\n255\n" % (3 * columns) + pixels)


def test_screens_are_compared():
    def check(shown, said):
        test_screen.check_screen(picture_of(shown), said, (3, 1))
    check("abba", "abba")
    check("ab", "ab")
    must_fail("looks different in row 1, column 4", check, "abbb", "abba")
    must_fail("stands where", check, "aaaa", "aaab")
    must_fail("looks different", check, "abb", "abba")
    must_fail("looks different", check, "ab b", "ab")


# ---- pytest -------------------------------------------------------------------------------------

SAMPLE = """
import os
import pytest
from harness.tests import expect, run_program

def test_good(compiler): pass
@pytest.mark.both_compilers
def test_both(compiler): pass
def test_several(count): count(passed=4, failed=0)
def test_some(count):
    count(passed=2, failed=3)
    expect(False, "three of five", "out\\nput")
def test_broken(): {}["x"]
@pytest.mark.timeout(1)
def test_hung():
    run_program(["sh", "-c", "sleep 1000 & echo $! > $0/pid; wait", os.path.dirname(__file__)])
@pytest.mark.slow
def test_slow(): pass
"""


def pytest_of(folder, *options):
    """Runs pytest on the sample, as make test does; gives its status and the lines it prints."""
    for name in ("conftest.py", "pytest.ini"):
        shutil.copy(os.path.join(ROOT, "tests", name), folder)
    (folder / "harness").symlink_to(os.path.join(ROOT, "support/harness"))
    (folder / "test_sample.py").write_text(SAMPLE)
    ended = run_program([sys.executable, "-m", "pytest", "-n2", "--compiler=gcc",
                         "--compiler=clang", *options, str(folder)])
    return ended.status, ended.output.splitlines()


def test_failures_are_reported(tmp_path):
    status, lines = pytest_of(tmp_path, "-m", "not slow")
    text = "\n".join(lines)
    expect(status == 1 and lines[-1] == "9 passed, 5 failed", "it counts otherwise", text)
    for part in ("three of five", "KeyError: 'x'", "Timeout"):
        expect(part in text, f"it does not say {part!r}", text)
    expect(not command_line((tmp_path / "pid").read_text().strip()), "what hung is still there")


def test_success_is_reported(tmp_path):
    status, lines = pytest_of(tmp_path, "-k", "good or slow")
    assert (status, lines[-1]) == (0, "3 passed, 0 failed")


def test_no_test_at_all_is_a_failure(tmp_path):
    status, lines = pytest_of(tmp_path, "-k", "nonsense")
    expect(status != 0 and lines[-1] == "0 passed, 0 failed", "it ended well", "\n".join(lines))

# SPDX-License-Identifier: MIT
"""Tests, their results, and running many of them at once."""

import concurrent.futures
import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def build_folder(compiler):
    """Where make has built for this compiler (make BUILD=DIR: elsewhere than in build/)."""
    return os.path.join(ROOT, os.environ.get("CAIRN_BUILD", "build"),
                        os.path.basename(compiler))


class Failure(Exception):
    """A test failed: why, in one sentence, and what it had printed."""

    def __init__(self, reason, output=""):
        super().__init__(reason)
        self.reason = reason
        self.output = output


@dataclasses.dataclass
class Result:
    """How one named test ended. No reason is a pass."""
    name: str
    reason: str = ""
    output: str = ""
    again: str = ""  # the command that runs it again


@dataclasses.dataclass
class Test:
    """Something to run.

    The body raises Failure, or returns: nothing where it is one test, or a list of Results, whose
    names are put behind the test's, where it is a program of several.
    """
    name: str
    body: Callable
    again: str = ""
    seconds: float = 1  # about how long; the longest start first

    def run(self):
        try:
            results = self.body() or [Result("")]
        except Failure as failure:
            results = [Result("", failure.reason, failure.output)]
        except Exception:  # a mistake in the test is a failed test too
            results = [Result("", "the test itself broke", traceback.format_exc())]
        for result in results:
            result.name = f"{self.name}/{result.name}".rstrip("/")
            result.again = result.again or self.again or f"make test TEST={self.name}"
        return results


def expect(condition, reason, output=""):
    if not condition:
        raise Failure(reason, output)


# ---- programs ------------------------------------------------------------------------------------


@dataclasses.dataclass
class Ended:
    """How a program ended, and everything that it printed."""
    status: int
    output: str


def clean_environment(**changes):
    """The environment without what make tells its own children."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")}
    return environment | changes


def run_program(command, timeout=120, **environment):
    """Runs a program in the project's folder, without input. After a timeout all of it is dead."""
    if not shutil.which(command[0]) and not os.access(os.path.join(ROOT, command[0]), os.X_OK):
        raise Failure(f"{command[0]} is missing: it was not built, or ./cairn did not install it")
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace",
                               env=clean_environment(**environment), start_new_session=True)
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as expired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        raise Failure(f"it did not end within {timeout:g} seconds", output) from expired
    return Ended(process.returncode, output)


def describe_status(status):
    return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with {status}"


# ---- running and reporting -----------------------------------------------------------------------


class Report:
    """Says how each test ended; on a terminal also how far it all is, in a line that changes."""

    def __init__(self, count):
        self.passed = 0
        self.failures = []
        self.waiting = count
        self.is_terminal = sys.stdout.isatty()

    def add(self, result):
        if result.reason:
            self.failures.append(result)
        else:
            self.passed += 1
        self.print_line(f"{result.name}... [{'failed' if result.reason else 'ok'}]")
        if result.reason:
            self.print_line(describe_failure(result))

    def finish_one(self):
        self.waiting -= 1
        self.show_progress()

    def print_line(self, line):
        print(f"\r\x1b[K{line}" if self.is_terminal else line, flush=True)

    def show_progress(self):
        if self.is_terminal:
            print(f"\r\x1b[K{self.passed} passed, {len(self.failures)} failed, "
                  f"{self.waiting} programs to go ", end="", flush=True)

    def finish(self):
        """The closing line comes last, alone."""
        if self.failures:
            self.print_line("failed:")
            for failure in self.failures:
                self.print_line(f"  {failure.name}: {failure.reason}")
        self.print_line(f"{self.passed} passed, {len(self.failures)} failed")
        return not self.failures and self.passed > 0


def describe_failure(result):
    lines = [result.reason, *result.output.rstrip().splitlines()[-60:], f"again: {result.again}"]
    return "\n".join(f"    {line}" for line in lines)


def run_all(tests):
    """Runs the tests, as many at a time as there are processors; says whether all passed."""
    report = Report(len(tests))
    report.show_progress()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(test.run) for test in sorted(tests, key=lambda test: -test.seconds)]
        for job in concurrent.futures.as_completed(jobs):
            for result in job.result():
                report.add(result)
            report.finish_one()
    return report.finish()

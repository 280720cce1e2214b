# SPDX-License-Identifier: MIT
"""What pytest is told about Cairn's tests: their compilers, and the closing line."""

import signal

import pytest


def pytest_addoption(parser):
    parser.addoption("--compiler", action="append", metavar="CC",
                     help="a compiler whose build is tested; may be given again (default: gcc)")


def pytest_configure():
    """A signal that is ignored, as nohup does, stays so in every program that a test starts. One
    that is caught is an ordinary one there."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def compilers(config):
    return config.getoption("--compiler") or ["gcc"]


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc):
    """A test that takes `compiler` runs once with each. All but the first run count as slow, unless
    the test or its file is marked both_compilers."""
    if "compiler" not in metafunc.fixturenames:
        return
    marks = () if metafunc.definition.get_closest_marker("both_compilers") else pytest.mark.slow
    first, *others = compilers(metafunc.config)
    others = [pytest.param(other, marks=marks) for other in others]
    metafunc.parametrize("compiler", [first, *others])


@pytest.fixture
def any_compiler(request):
    """For a test that runs once and needs what one compiler built, whichever that is."""
    return compilers(request.config)[0]


# ---- the closing line ----------------------------------------------------------------------------


@pytest.fixture
def count(record_property):
    """For a test that is a program of several: count(passed=3, failed=1) says how many."""
    def record(passed, failed):
        record_property("passed", passed)
        record_property("failed", failed)
    return record


@pytest.fixture
def note(record_property):
    """For a test that passes, but did less than it could: note("not compared, for ...")."""
    return lambda text: record_property("note", text)


def pytest_terminal_summary(terminalreporter):
    if terminalreporter.stats.get("failed"):
        terminalreporter.write_line("to repeat one: make test TEST='...', with what stands after ::")
    for report in terminalreporter.stats.get("passed", []):
        for text in (value for name, value in report.user_properties if name == "note"):
            terminalreporter.write_line(f"note: {report.nodeid}: {text}")


def total(reports, outcome, otherwise):
    """How many tests passed or failed in these reports. A file that cannot be read has one, too."""
    return sum(dict(getattr(report, "user_properties", ())).get(outcome, otherwise)
               for report in reports)


def pytest_unconfigure(config):
    """The last line, alone: "N passed, N failed"."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if not reporter:  # in one of the processes that run the tests
        return
    passed = reporter.stats.get("passed", [])
    failed = reporter.stats.get("failed", []) + reporter.stats.get("error", [])
    print(f"{total(passed, 'passed', 1) + total(failed, 'passed', 0)} passed, "
          f"{total(passed, 'failed', 0) + total(failed, 'failed', 1)} failed")

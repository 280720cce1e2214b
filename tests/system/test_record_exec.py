# SPDX-License-Identifier: MIT
"""cairn-record and exec: a trace is the last program's, or it is refused; never another program's."""

import os

import pytest

from harness.recorder import ALLOC, Recorder, check_known
from harness.tests import expect

FAMILY = ("execve", "execv", "execvp", "execvpe", "fexecve", "execveat", "execl", "execlp", "execle")


@pytest.fixture
def recorder(compiler, tmp_path):
    return Recorder(compiler, str(tmp_path))


def run_exec(recorder, function, program):
    return recorder.run("-o", recorder.path("x.ctr"), f"{recorder.programs}/recorded_exec", function,
                        program)


def expect_refused(recorder, ended, message):
    expect(ended.status == 125 and message in ended.output, f"it ended with {ended.status}",
           ended.output)
    expect(not os.path.exists(recorder.path("x.ctr")), "there is a trace all the same", ended.output)


@pytest.mark.parametrize("function", FAMILY)
def test_a_program_that_is_not_recorded_has_no_trace(recorder, function):
    """Each function runs the program as it would without us, with its arguments."""
    ended = run_exec(recorder, function, "/bin/echo")
    expect("one two\n" in ended.output, "echo was not run", ended.output)
    expect_refused(recorder, ended, "recorded_exec became /bin/echo, whose allocations could not be "
                   "seen")


def sizes_in_trace(recorder, function, program, status):
    trace = recorder.record("x.ctr", f"{recorder.programs}/recorded_exec", function, program,
                            status=status)
    return [record.size for record in trace.records if record.operation == ALLOC]


@pytest.mark.parametrize("function", FAMILY[:4] + FAMILY[5:])
def test_an_exec_that_failed_changes_nothing(recorder, function):
    sizes = sizes_in_trace(recorder, function, "/no/such/program", 3)
    expect(1234 in sizes and 4321 in sizes, f"the sizes are {sizes}")


def test_the_exec_of_a_vfork_child_is_not_the_parents(recorder):
    sizes = sizes_in_trace(recorder, "vfork", "/bin/echo", 0)
    expect(1234 in sizes and 4321 in sizes, f"the sizes are {sizes}")


def test_the_folder_of_the_log_is_found_from_another_directory(recorder):
    """TMPDIR is relative, and a wrapper changes the directory before its exec."""
    program = f"{recorder.programs}/recorded"
    relative = os.path.relpath(recorder.folder)
    check_known(recorder.record("x.ctr", "sh", "-c", f"cd / && exec \"{program}\"", TMPDIR=relative))


def test_dropped_rights_are_said(recorder, note):
    """A program that may not write the log has no trace, and works all the same."""
    if os.getuid() != 0:
        note("not tried: only root has rights to drop")
        return
    os.chmod(recorder.folder, 0o755)
    ended = recorder.run("-o", recorder.path("x.ctr"), "setpriv", "--reuid=65534", "--clear-groups",
                         "id", "-u")
    expect("65534\n" in ended.output, "the program did not work", ended.output)
    expect_refused(recorder, ended, "setpriv became id, whose allocations could not be seen")


def test_following_says_what_of_a_child_is_not_seen(recorder):
    program = f"{recorder.programs}/recorded_exec"
    ended = recorder.run("-f", "-o", recorder.path("x.ctr"), "sh", "-c",
                         f"\"{program}\" execve /bin/echo; \"{program}\" vfork \"{program}\"; exit 7")
    expect(ended.status == 7, f"it ended with {ended.status}", ended.output)
    expect(ended.output.count("it became /bin/echo, whose allocations could not be seen") == 1 and
           ended.output.count("it became") == 1, "that is not what is said", ended.output)


def test_following_goes_on_where_the_first_program_is_refused(recorder):
    """With -f the others have their traces all the same."""
    ended = recorder.run("-f", "-o", recorder.path("x.ctr"), "sh", "-c",
                         f"\"{recorder.programs}/recorded\"; exec env -i /bin/echo one two")
    expect_refused(recorder, ended, "became /bin/echo")
    names = [name for name in os.listdir(recorder.folder) if name.endswith("-recorded.ctr")]
    expect(len(names) == 1, f"the traces are {os.listdir(recorder.folder)}", ended.output)

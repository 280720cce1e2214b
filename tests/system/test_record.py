# SPDX-License-Identifier: MIT
"""cairn-record: that a trace holds what the program did, and that everything else is an error."""

import collections
import os
import shutil
import signal

import pytest

from harness.recorder import ALLOC, DEALLOC, REALLOC, Recorder, check_known
from harness.tests import expect, run_program, run_well


@pytest.fixture(name="recorder")
def a_recorder(compiler, tmp_path):
    return Recorder(compiler, str(tmp_path))


# ---- traces --------------------------------------------------------------------------------------


def test_known_program(recorder):
    check_known(recorder.record("known.ctr", f"{recorder.programs}/recorded"))


def test_compressed(recorder):
    check_known(recorder.record("known.ctr.xz", f"{recorder.programs}/recorded"))


def test_default_name(recorder):
    """Without -o the trace lies in the current folder, named for the program."""
    run_well(["sh", "-c", 'cd "$0" && exec "$@"', recorder.folder, recorder.program,
              f"{recorder.programs}/recorded"], TMPDIR=recorder.folder)
    check_known(recorder.read("recorded.ctr"))


def test_in_a_folder_with_a_space(recorder, tmp_path):
    """LD_PRELOAD cannot name what lies there."""
    folder = tmp_path / "two words"
    folder.mkdir()
    for name in ("cairn-record", "libcairn-record.so"):
        shutil.copy(os.path.join(os.path.dirname(recorder.program), name), folder)
    recorder.program = str(folder / "cairn-record")
    check_known(recorder.record("known.ctr", f"{recorder.programs}/recorded"))


def test_of_another_malloc(recorder):
    """What is preloaded after the recorder is recorded as it is."""
    check_known(recorder.record("known.ctr", f"{recorder.programs}/recorded",
                                LD_PRELOAD=recorder.malloc))


def test_threads_and_children(recorder):
    trace = recorder.record("threads.ctr", f"{recorder.programs}/recorded_processes", "8", "exit",
                            status=3)
    sizes = collections.Counter(record.size for record in trace.records if record.operation == ALLOC)
    makers = {record.size: record.thread for record in trace.records if record.operation == ALLOC}
    expect(all(sizes[1000 + number] == 100 for number in range(8)), f"the sizes are {sizes}")
    expect(len({makers[1000 + number] for number in range(8)}) == 8, f"the makers are {makers}")
    expect(trace.threads == 9, f"there are {trace.threads} threads")
    expect(sizes[7777] == 0, "the forked child is in the trace")
    freed = collections.Counter(record.thread for record in trace.records if record.operation == DEALLOC)
    expect(freed.most_common(1)[0][1] >= 800, f"who freed: {freed}")


def test_killed(recorder):
    trace = recorder.record("killed.ctr", f"{recorder.programs}/recorded_processes", "2", "kill",
                            status=128 + 9)
    sizes = collections.Counter(record.size for record in trace.records)
    expect(sizes[1000] == sizes[1001] == 100, f"the sizes are {sizes}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end(recorder, number):
    """A signal to cairn-record ends the program, and the trace is written all the same."""
    script = "import os, signal; os.kill(os.getppid(), %d); signal.pause()" % number
    trace = recorder.record("ended.ctr", "python3", "-Sc", script, status=128 + number)
    expect(len(trace.records) > 100, f"it has {len(trace.records)} records only")


def test_replaced_by_exec(recorder):
    """The trace is the last program's that the process became."""
    check_known(recorder.record("exec.ctr", f"{recorder.programs}/recorded_processes", "2", "exec"))


def test_long_program(recorder):
    """More events than the log's window holds, of a program with a life of its own."""
    script = "rows = [str(n) * (n % 50) for n in range(40000)]; del rows[::2]; print(len(rows))"
    trace = recorder.record("python3.ctr", "python3", "-Sc", script, PYTHONMALLOC="malloc")
    expect(len(trace.records) > 2 * 40000, f"it has {len(trace.records)} records only")


def test_real_program(recorder):
    trace = recorder.record("sqlite3.ctr", "sqlite3", ":memory:", ".read tests/hosted/programs/work.sql")
    counts = collections.Counter(record.operation for record in trace.records)
    expect(counts[ALLOC] > 10000 and counts[REALLOC] > 0, f"it has {counts}")


def test_followed(recorder):
    """With -f the compiler proper, which the driver starts, has a trace of its own."""
    ended = recorder.run("-f", "-o", recorder.path("cc.ctr"), "gcc", "-c", "tests/hosted/recorded.c",
                         "-o", recorder.path("out.o"))
    expect(ended.status == 0, f"it ended with {ended.status}", ended.output)
    names = [name for name in os.listdir(recorder.folder) if name.endswith(".ctr")]
    compilers = [name for name in names if name.startswith("cc-") and name.endswith("-cc1.ctr")]
    expect(len(compilers) == 1 and "cc.ctr" in names, f"the traces are {names}")
    driver, compiler = (len(recorder.read(name).records)
                        for name in ("cc.ctr", compilers[0]))
    expect(compiler > 10 * driver, f"the driver has {driver} records, the compiler {compiler}")


# ---- errors --------------------------------------------------------------------------------------


def check_error(recorder, status, message, *words, **environment):
    ended = recorder.run(*words, **environment)
    expect(ended.status == status and message in ended.output,
           f"it ended with {ended.status}; expected {status} and {message!r}", ended.output)
    left = [name for name in os.listdir(recorder.folder)
            if name.startswith("cairn-record-") or ".ctr" in name]
    expect(not left, f"it left {left}")


@pytest.mark.parametrize("status, message, words", [
    (125, "usage: cairn-record", ()),
    (125, "usage: cairn-record", ("-z", "ls")),
    (127, "cannot run ./no-such-program: No such file", ("./no-such-program",)),
    (126, "cannot run /etc/passwd: Permission", ("/etc/passwd",)),
    (125, "cannot write no/x.ctr: No such file", ("-o", "no/x.ctr", "ls")),
], ids=["usage", "option_unknown", "program_missing", "program_not_executable",
        "trace_cannot_be_written"])
def test_error(recorder, status, message, words):
    check_error(recorder, status, message, *words)


def test_no_place_for_the_log(recorder):
    check_error(recorder, 125, "cannot make a folder for the log", "ls",
                TMPDIR=recorder.path("no"))


def test_static_program(recorder):
    program = recorder.path("static")
    run_well(["gcc", "-static", "tests/hosted/recorded.c", "-o", program])
    check_error(recorder, 125, "linked statically", "-o", recorder.path("x.ctr"), program)


def test_log_cannot_grow(recorder):
    """A full disk, as far as a test may make one: a limit on the size of files."""
    ended = run_program(["bash", "-c", f"trap '' XFSZ; ulimit -f 100; exec \"{recorder.program}\" -o "
                         f"{recorder.path('x.ctr')} ls /"], TMPDIR=recorder.folder)
    expect(ended.status == 125 and "ls could not be recorded to its end: File too large"
           in ended.output, f"it ended with {ended.status}", ended.output)
    expect("usr" in ended.output, "the program itself was disturbed", ended.output)
    expect(not os.path.exists(recorder.path("x.ctr")), "there is a trace all the same")


def test_program_is_spared(recorder):
    """A trace that could not be written is refused before the program runs."""
    ended = recorder.run("-o", recorder.path("no/x.ctr"), "touch", recorder.path("ran"))
    expect(ended.status == 125 and "cannot write" in ended.output, "it was not refused", ended.output)
    expect(not os.path.exists(recorder.path("ran")), "the program ran all the same")


def test_device_is_full(recorder):
    """What cannot be written and is no file stays; all users' /dev/full, for one."""
    link = recorder.path("x.ctr")
    os.symlink("/dev/full", link)
    ended = recorder.run("-o", link, "ls", "/")
    expect(ended.status == 125 and "No space left on device" in ended.output,
           f"it ended with {ended.status}", ended.output)
    expect(os.path.islink(link), "the link was removed")


def test_library_is_missing(recorder):
    lonely = recorder.path("lonely")
    shutil.copy(recorder.program, lonely)
    ended = run_program([lonely, "ls"])
    expect(ended.status == 125 and "libcairn-record.so is neither in" in ended.output,
           f"it ended with {ended.status}", ended.output)

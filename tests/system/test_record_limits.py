# SPDX-License-Identifier: MIT
"""cairn-record where its log cannot grow: the program lives on, and the reason is said."""

import os

import pytest

from harness.recorder import Recorder
from harness.tests import expect, run_program


def run_limited(recorder, kilobytes, script):
    """Under a limit on the size of files. A signal, SIGXFSZ, ends who writes past it."""
    return run_program(["bash", "-c", f'ulimit -f {kilobytes}; exec "$@"', "bash",
                        recorder.program, "-o", recorder.path("x.ctr"), "bash", "-c", script],
                       TMPDIR=recorder.folder)


@pytest.mark.parametrize("kilobytes", (1, 100))
def test_the_log_may_not_grow(compiler, tmp_path, kilobytes):
    """Not even its first page; or that alone. bash calls setlocale(), which calls malloc."""
    recorder = Recorder(compiler, str(tmp_path))
    ended = run_limited(recorder, kilobytes, "echo ended well")
    expect("ended well" in ended.output, f"the program was harmed: {ended.status}", ended.output)
    expect(ended.status == 125 and "File too large" in ended.output,
           f"it ended with {ended.status}", ended.output)
    expect(not os.listdir(tmp_path), f"it left {os.listdir(tmp_path)}", ended.output)


def test_a_file_of_the_programs_own_is_not_written_to(compiler, tmp_path):
    """The program has put it in the place of standard error, before the log ceases to grow."""
    recorder = Recorder(compiler, str(tmp_path))
    script = f"exec 2>{tmp_path}/own; ulimit -S -f 1; a=({{1..100000}}); echo ended well"
    ended = recorder.run("-o", recorder.path("x.ctr"), "bash", "-c", script)
    expect("ended well" in ended.output, f"the program was harmed: {ended.status}", ended.output)
    expect(ended.status == 125 and
           "bash could not be recorded to its end: File too large" in ended.output,
           f"it ended with {ended.status}", ended.output)
    own = (tmp_path / "own").read_text()
    expect(not own, "the recorder wrote into it", own)

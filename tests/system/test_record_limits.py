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

# SPDX-License-Identifier: MIT
"""What is typed on the serial line appears, as what is typed on the keyboard does."""

import contextlib
import os
import pty
import select

import pytest

from harness.machine import Machine, kernel_of
from harness.qemu import Status
from harness.tests import expect, started

QUIT = b"\x01x"  # Ctrl-A, X: QEMU's own
ESCAPE = b"\x1b"


class Typist:
    """A user at the machine's serial line, by a file to write to and one to read from."""

    def __init__(self, to_machine, from_machine):
        self.to_machine, self.from_machine = to_machine, from_machine
        self.seen = b""

    def type(self, text):
        os.write(self.to_machine, text)

    def wait_for(self, text):
        """Reads until the text appears; gives what came before it."""
        while text not in self.seen:
            ready, _, _ = select.select([self.from_machine], [], [], 30)
            expect(ready, f"{text!r} did not appear within 30 seconds", repr(self.seen))
            self.seen += os.read(self.from_machine, 4096)
        before, _, self.seen = self.seen.partition(text)
        return before


def open_line(terminal):
    """The machine's two ends of a serial line, and ours: to read from, to write to."""
    if terminal:
        ours, theirs = pty.openpty()
        return (theirs, theirs), (ours, ours)
    input_theirs, input_ours = os.pipe()
    output_ours, output_theirs = os.pipe()
    return (input_theirs, output_theirs), (output_ours, input_ours)


@contextlib.contextmanager
def idle_machine(compiler, terminal=False, **machine):
    """A kernel that idles, with a pipe or a terminal as its serial line: (process, typist)."""
    theirs, ours = open_line(terminal)
    command = Machine(kernel_of(compiler), append="after=idle", timeout=60, **machine).command()
    with contextlib.ExitStack() as stack:
        for file in {*theirs, *ours}:
            stack.callback(os.close, file)
        process = stack.enter_context(started(command, stdin=theirs[0], stdout=theirs[1]))
        typist = Typist(ours[1], ours[0])
        typist.wait_for(b"idle; to leave QEMU press Ctrl-A, then X")
        typist.wait_for(b"\n")
        yield process, typist


@pytest.mark.parametrize("terminal", (False, True), ids=("pipe", "terminal"))
def test_what_is_typed_appears(compiler, terminal):
    end_of_line = b"\r\n" if terminal else b"\n"  # a terminal adds a return of its own
    with idle_machine(compiler, terminal) as (process, typist):
        typist.type(b"Hi there\r.")
        typist.wait_for(b"Hi there\r" + end_of_line + b".")
        typist.type(b"ab\x7f.")
        typist.wait_for(b"ab\b \b.")
        typist.type(b"1" + ESCAPE + b"[A" + ESCAPE + b"[1;5D" + ESCAPE + b"OP" + ESCAPE + b"2.")
        typist.wait_for(b"12.")
        if terminal:
            typist.type(QUIT)
            expect(process.wait(30) == Status.SUCCESS, f"it ended with {process.returncode}")


def test_a_flood_loses_nothing(any_compiler):
    text = b"".join(b"%d," % number for number in range(1500))
    with idle_machine(any_compiler) as (_, typist):
        typist.type(text + b"!")
        before = typist.wait_for(b"!")
        expect(before == text, f"{len(before)} of {len(text)} characters came", repr(before))


@pytest.mark.parametrize("machine", ("microvm", "microvm,pit=off", "microvm,pit=off,pic=off"))
def test_machines_without_a_keyboard(any_compiler, machine):
    with idle_machine(any_compiler, machine=machine) as (_, typist):
        for word in (b"one\n", b"two\n"):
            typist.type(word)
            typist.wait_for(word.replace(b"\n", b"\r\n"))

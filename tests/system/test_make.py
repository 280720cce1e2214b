# SPDX-License-Identifier: MIT
"""What make does, as seen by who calls it."""

import contextlib
import json
import os
import pty
import re
import select
import socket
import subprocess
import time

import pytest

from harness.machine import THE_TEXT, check_order, clean, kernel_of
from harness.tests import (Failure, build_folder, clean_environment, expect, make, project_files,
                           run_program, started)


# ---- make run ------------------------------------------------------------------------------------


@pytest.mark.both_compilers
def test_run_shows_the_results(compiler):
    ended = make(compiler, "run")
    expect(ended.status == 0, f"make run ended with {ended.status}", ended.output)
    lines = clean(ended.output).splitlines()
    expect(lines[-len(THE_TEXT):] == list(THE_TEXT), "it shows something else", ended.output)


def test_run_fails_after_a_panic(compiler):
    ended = make(compiler, "run", "ALLOCATOR=dummy")
    expect(ended.status != 0, "make run ended with 0 after a panic", ended.output)
    check_order(ended.output, ["panicked at 'allocation error: Layout { size: 4, align: 4 }'"])


def test_run_passes_its_options_on(any_compiler):
    ended = make(any_compiler, "run", "ARGS=heap=2M log=verbose", "MEMORY=64M", "CPU=qemu64",
                 "MACHINE=q35", "TIMEOUT=20")
    expect(ended.status == 0, f"make run ended with {ended.status}", ended.output)
    check_order(ended.output, ["screen: VGA text", *THE_TEXT])
    ended = make(any_compiler, "run", "ARGS=heap=banana")
    expect(ended.status != 0, "make run ended with 0 after an error", ended.output)
    check_order(ended.output, ["error: option 'heap=banana'"])


def test_window_needs_a_display(any_compiler):
    ended = make(any_compiler, "run", "WINDOW=1", DISPLAY="", WAYLAND_DISPLAY="")
    expect(ended.status != 0 and "no display to open a window on" in ended.output,
           "it did not say that there is no display", ended.output)


def open_terminal():
    """Both ends of a new terminal. In a bare chroot what gives them is not mounted."""
    try:
        return pty.openpty()
    except OSError:
        run_program(["mount", "-t", "devpts", "-o", "ptmxmode=0666", "devpts", "/dev/pts"])
    try:
        return pty.openpty()
    except OSError as none:
        raise Failure("no terminals can be had: mount -t devpts devpts /dev/pts") from none


class Terminal:
    """A program on a terminal of its own, which a test types on and reads from."""

    def __init__(self, process, controller):
        self.process = process
        self.controller = controller
        self.text = ""

    def read_until(self, expected, timeout=60):
        end = time.monotonic() + timeout
        while expected not in self.text:
            ready, _, _ = select.select([self.controller], [], [], max(0, end - time.monotonic()))
            expect(ready, f"{expected!r} did not appear on the terminal", self.text)
            try:
                self.text += clean(os.read(self.controller, 4096).decode(errors="replace"))
            except OSError as hung_up:
                raise Failure(f"it ended without {expected!r}", self.text) from hung_up

    def type(self, keys):
        os.write(self.controller, keys.encode())

    def end(self):
        """Waits for the program; gives its status."""
        return self.process.wait(20)


@contextlib.contextmanager
def on_a_terminal(*command):
    controller, terminal = open_terminal()
    try:
        with started(command, stdin=terminal, stdout=terminal, stderr=terminal,
                     env=clean_environment(TERM="dumb")) as process:
            os.close(terminal)
            yield Terminal(process, controller)
    finally:
        os.close(controller)


def test_on_a_terminal_the_kernel_idles(compiler):
    """... and says how it is left, and leaving it is no failure."""
    with on_a_terminal("make", f"CC={compiler}", "run") as terminal:
        terminal.read_until("It did not crash!\nidle; to leave QEMU press Ctrl-A, then X")
        time.sleep(0.5)
        expect(terminal.process.poll() is None, "it did not idle", terminal.text)
        terminal.type("\x01x")
        expect(terminal.end() == 0, "it failed when it was left", terminal.text)


def test_on_a_terminal_a_panic_fails(any_compiler):
    with on_a_terminal("make", f"CC={any_compiler}", "run", "ALLOCATOR=dummy") as terminal:
        terminal.read_until("kernel_start")
        expect(terminal.end() != 0, "it ended with 0 after a panic", terminal.text)


# ---- make debug ----------------------------------------------------------------------------------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_gdb_stops_at_kernel_main(compiler):
    port = free_port()
    command = ["make", f"CC={compiler}", "debug", f"PORT={port}"]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as debug:
        text = ""
        while "QEMU waits on port" not in text:
            line = debug.stdout.readline()
            expect(line, "make debug ended", text)
            text += line
        time.sleep(0.5)
        gdb = run_program(["gdb", "-nx", "-batch", kernel_of(compiler),
                           "-ex", f"target remote 127.0.0.1:{port}",
                           "-ex", "hbreak kernel_main", "-ex", "continue",
                           "-ex", "backtrace", "-ex", "kill"])
    check_order(gdb.output, ["kernel_main () at *kernel/main.c:", "#1 ", "kernel_start"])


def test_debug_starts_gdb_on_a_terminal(any_compiler):
    with on_a_terminal("make", f"CC={any_compiler}", "debug", f"PORT={free_port()}") as terminal:
        terminal.read_until("kernel/main.c:")
        terminal.type("quit\n")
        expect(terminal.end() == 0, "it failed when gdb was left", terminal.text)


# ---- make with other targets and options ---------------------------------------------------------


@pytest.mark.both_compilers
def test_no_allocator_is_a_link_error(compiler):
    ended = make(compiler, "run", "ALLOCATOR=none")
    expect(ended.status != 0, "a kernel without an allocator was linked", ended.output)
    check_order(ended.output, ["no_global_memory_allocator_found_but_one_is_required"])


def test_two_allocators_are_a_link_error(any_compiler):
    objects = [build_folder(any_compiler, f"kernel/kernel/heap/{name}.o")
               for name in ("dummy", "linked_list")]
    ended = run_program(["ld", "-r", "-o", "/dev/null", *objects])
    expect(ended.status != 0, "two allocators were linked", ended.output)
    check_order(ended.output, ["multiple definition of", "no_global_memory_allocator_found"])


def test_unknown_allocator_lists_the_known(any_compiler):
    ended = make(any_compiler, "run", "ALLOCATOR=nonsense")
    expect(ended.status != 0, "an unknown allocator was accepted", ended.output)
    check_order(ended.output, ["ALLOCATOR=nonsense is not known", "dummy", "linked_list"])


def test_help_lists_targets_and_options(any_compiler):
    ended = make(any_compiler, "help")
    expect(ended.status == 0, "make help failed", ended.output)
    for word in ("run", "test", "debug", "iso", "clean", "help", "kernel", "ALLOCATOR=NAME",
                 "CC=clang", "TEST=", "ARGS=", "BOOT=", "MEMORY=", "WINDOW=1"):
        expect(re.search(rf"^  {re.escape(word)}\S* .*\S", ended.output, re.MULTILINE),
               f"it does not explain {word}", ended.output)


def test_nothing_is_built_twice(compiler):
    kernel = kernel_of(compiler)
    ended = make(compiler, "--question", kernel)
    expect(ended.status == 0, f"{kernel} would be built again, though nothing has changed",
           make(compiler, "--dry-run", kernel).output)


@pytest.mark.timeout(60)
def test_iso_boots_from_its_menu(any_compiler):
    ended = make(any_compiler, "iso")
    expect(ended.status == 0, "make iso failed", ended.output)
    command = ["qemu-system-x86_64", "-accel", "tcg", "-nodefaults", "-vga", "std", "-display",
               "none", "-serial", "stdio", "-cdrom", build_folder(any_compiler, "cairn.iso")]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as machine:
        text = ""
        while "idle" not in text:
            line = machine.stdout.readline()
            expect(line, "the machine ended", text)
            text += clean(line)
    check_order(text, THE_TEXT)


def test_compile_commands_tell_of_every_file(any_compiler):
    ended = make(any_compiler, "compile_commands")
    expect(ended.status == 0, "make compile_commands failed", ended.output)
    with open(build_folder(any_compiler, "../compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    told = {command["file"] for command in commands}
    expect(len(told) == len(commands), "a file is listed twice")
    for folder in ("base/", "alloc/", "kernel/"):
        for source in project_files(".c"):
            is_built = not source.startswith("kernel/heap/none")
            expect(not source.startswith(folder) or not is_built or source in told,
                   f"nothing is said about {source}")


def test_warnings_are_errors_only_when_asked(any_compiler, tmp_path):
    """A compiler that is newer than ours warns of something new: here of every stack frame."""
    check = os.path.join(tmp_path, os.path.basename(any_compiler), "hosted/base/check.o")
    words = [f"BUILD={tmp_path}", "CFLAGS=-Wframe-larger-than=0", check]
    ended = make(any_compiler, *words, WERROR="")
    expect(ended.status == 0 and "warning: " in ended.output, "it stopped", ended.output)
    ended = make(any_compiler, *words, "WERROR=1")
    expect(ended.status != 0 and "-Werror" in ended.output, "it went on", ended.output)

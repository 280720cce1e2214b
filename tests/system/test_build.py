# SPDX-License-Identifier: MIT
"""What make and the tools do, as seen by who calls them."""

import contextlib
import json
import os
import pty
import re
import select
import shlex
import shutil
import socket
import subprocess
import tempfile
import time

import pytest

from harness import symbol_table, tiny_kernel
from harness.machine import THE_TEXT, check_order, clean, kernel_of
from harness.tests import (ROOT, Failure, build_folder, clean_environment, expect, make, run_program,
                           started)


def sources(*endings):
    """The project's own files with these endings."""
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = sorted(set(subfolders) - {"build", ".git", ".cache", "__pycache__"})
        for name in names:
            if name.endswith(endings):
                yield os.path.relpath(os.path.join(folder, name), ROOT)


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
    """A pair of ends of a new terminal. In a bare chroot the system that gives them is not mounted."""
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
    expect(len(told) == len(commands), "a file is told twice")
    for folder in ("base/", "alloc/", "kernel/"):
        for source in sources(".c"):
            is_built = not source.startswith("kernel/heap/none")
            expect(not source.startswith(folder) or not is_built or source in told,
                   f"nothing is said about {source}")


# ---- layers --------------------------------------------------------------------------------------

UPWARD_INCLUDES = (
    # a file of a layer, and a header of a higher one
    ("base/check.c", "<cairn/layout.h>"),
    ("alloc/interface/global.c", '"println.h"'),
    ("kernel/boot/options.c", '"println.h"'),
    ("kernel/console/screen.c", '"panic.h"'),
    ("kernel/panic/panic.c", '"frames.h"'),
    ("kernel/memory/frames.c", '"heap.h"'),
)


def compile_with(compiler, source, header):
    """Compiles the source with one more #include, by the command that builds it."""
    with open(build_folder(compiler, "kernel", f"{source[:-2]}.o.json"), encoding="utf-8") as file:
        command = shlex.split(json.loads(file.read().rstrip(",\n"))["command"])
    with tempfile.NamedTemporaryFile("w", suffix=".c") as copy:
        copy.write(f"#include {header}\n")
        copy.flush()
        command = command[:command.index("-MMD")] + ["-fsyntax-only", copy.name]
        return run_program(command)


def test_upward_includes_do_not_compile(compiler):
    for source, header in UPWARD_INCLUDES:
        ended = compile_with(compiler, source, header)
        expect(ended.status != 0 and re.search("[Nn]o such file|file not found", ended.output),
               f"{source} may include {header}, which lies in a higher layer", ended.output)
        expect(compile_with(compiler, source, "<stdint.h>").status == 0,
               f"{source} cannot include <stdint.h>")


# ---- the symbol table ----------------------------------------------------------------------------


def symbolize(kernel, addresses):
    """What llvm-symbolizer tells of each address, from the same DWARF: [(function, file, line)]."""
    command = ["llvm-symbolizer", "--inlining", "--functions", "--addresses", "--output-style=GNU",
               f"--obj={kernel}"]
    ended = subprocess.run(command, input="".join(f"{address:#x}\n" for address in addresses),
                           cwd=ROOT, capture_output=True, text=True, check=True)
    places = {}
    for line in ended.stdout.splitlines():
        if re.fullmatch("0x[0-9a-f]+", line):
            frames = places.setdefault(int(line, 16), [])
            function = None
        elif function is None:
            function = line
        else:
            file, _, number = line.partition(" (discriminator")[0].rpartition(":")
            frames.append((function, os.path.normpath(file), int(number)))
            function = None
    return places


@pytest.mark.both_compilers
def test_symbols_agree_with_dwarf(compiler):
    kernel = kernel_of(compiler)
    table = symbol_table.read(f"{kernel}.symbols")
    addresses = table.line_starts()
    expect(len(addresses) > 1000, f"the table has only {len(addresses)} lines")
    for address, expected in symbolize(kernel, addresses).items():
        if expected[0][0] == "??":
            expected = [("", "", 0)]
        found = table.places_of(address)
        # Behind a function and before the next one, DWARF has no line; the name may go on.
        if found[0][1] == "":
            found, expected = found[0][1:], expected[0][1:]
        expect(found == expected, f"at {address:#x} the table has {found}, not {expected}")


def symbols_of(compiler, folder, *words):
    symbols = build_folder(compiler, "tools/symbols")
    return run_program([symbols, *words, os.path.join(folder, "table")])


def test_symbols_refuses_what_it_cannot_read(any_compiler):
    with tempfile.TemporaryDirectory() as folder:
        kernel = tiny_kernel.build(folder, "BEHAVIOUR=HANG")
        for path, reason in ((f"{ROOT}/README.md", "not an ELF file"),
                             (kernel, "no functions at or above"),
                             ("/nonexistent", "cannot be read")):
            ended = symbols_of(any_compiler, folder, path)
            expect(ended.status == 1 and reason in ended.output,
                   f"it did not say {reason!r} of {path}", ended.output)
        expect(symbols_of(any_compiler, folder).status == 2, "it ran without its words")


# ---- check-kernel --------------------------------------------------------------------------------

BROKEN_KERNELS = (
    # how tiny_kernel.S is built, what tools/check-kernel says
    (("NOTE_ALIGNMENT=8",), (), "its PT_NOTE is aligned to 0x8"),
    (("EXTRA_NOTE",), (), "holds something other than the one PVH note"),
    (("NO_MULTIBOOT2",), (), "no valid Multiboot2 header"),
    (("BEHAVIOUR=HANG",), ("--omagic",), "is both writable and executable"),
)


def test_check_kernel_refuses_what_is_broken():
    with tempfile.TemporaryDirectory() as folder:
        whole = tiny_kernel.build(folder, "BEHAVIOUR=SPIN")
        ended = run_program(["tools/check-kernel", whole])
        expect(ended.status == 0, "it refuses a kernel that is whole", ended.output)
        for defines, options, reason in BROKEN_KERNELS:
            kernel = tiny_kernel.build(folder, *defines, linker_options=options)
            ended = run_program(["tools/check-kernel", kernel])
            expect(ended.status == 1 and reason in ended.output,
                   f"it did not say {reason!r}", ended.output)
            check_order(ended.output, ["  why:  ", "  do:   "])


# ---- the script that installs --------------------------------------------------------------------

FAKE_TOOLS = {
    "id": "echo ${FAKE_USER:-0}",
    "uname": "echo ${FAKE_MACHINE:-x86_64}",
    "apt-get": 'echo "apt-get $*"',
    "env": 'shift; echo "$*"',
    "sudo": 'echo "sudo $*"',
    "make": 'echo "make $*"',
}


def cairn(*words, without=(), **environment):
    """Runs ./cairn where no program is there but a shell's and the fake ones above."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("sh", "dirname", "sort", "tr"):
            os.symlink(shutil.which(name), os.path.join(folder, name))
        for name in FAKE_TOOLS.keys() - set(without):
            with open(os.path.join(folder, name), "w", encoding="ascii") as tool:
                tool.write(f"#!/bin/sh\n{FAKE_TOOLS[name]}\n")
            os.chmod(tool.name, 0o755)
        return run_program(["./cairn", *words], PATH=folder, **environment)


def test_cairn_installs_what_is_missing():
    ended = cairn("run")
    check_order(ended.output, ["cairn: installing", "python3 qemu-system-x86", "apt-get update",
                               "apt-get install*--no-install-recommends*qemu-system-x86",
                               "make run"])
    expect("clang" not in ended.output, "make run needs no clang", ended.output)
    check_order(cairn("run", "BOOT=uefi").output, ["apt-get install*mtools*xorriso", "make run"])
    check_order(cairn("test").output, ["apt-get install*clang*gdb*llvm*mtools", "make test"])
    check_order(cairn("run", without=["make"]).output, ["apt-get install*make"])


def test_cairn_asks_sudo_for_help():
    check_order(cairn("run", FAKE_USER="1000").output,
                ["sudo apt-get update", "sudo env DEBIAN_FRONTEND=noninteractive apt-get install"])
    ended = cairn("run", without=["sudo"], FAKE_USER="1000")
    expect(ended.status != 0, "it went on", ended.output)
    check_order(ended.output, ["must be root, and there is no sudo", "apt-get install"])


def test_cairn_names_what_it_cannot_install():
    ended = cairn("run", without=["apt-get"])
    expect(ended.status != 0, "it went on", ended.output)
    check_order(ended.output, ["missing here: what Debian calls*qemu-system-x86"])
    ended = cairn("run", FAKE_MACHINE="aarch64")
    expect(ended.status != 0 and "this machine is aarch64" in ended.output, "it went on",
           ended.output)


def test_cairn_installs_nothing_where_all_is_there():
    ended = run_program(["./cairn", "help"])
    expect(ended.status == 0 and "usage: make TARGET" in ended.output.splitlines()[0],
           "it did something besides make help", ended.output)


# ---- the sources ---------------------------------------------------------------------------------


def is_bookworm():
    with open("/etc/os-release", encoding="utf-8") as file:
        return "VERSION_CODENAME=bookworm" in file.read()


def test_sources_are_formatted(any_compiler, note):
    """By the version of clang-format that counts, which bookworm has."""
    ended = make(any_compiler, "check-format")
    expect(ended.status == 0, "clang-format would change something: run make format", ended.output)
    if "not checked" in ended.output:
        expect(not is_bookworm(), "the format was not checked", ended.output)
        note(ended.output.strip())


def test_sources_name_their_license():
    for path in sources(".c", ".h", ".S", ".py", ".mk", ".ld", "Makefile"):
        with open(os.path.join(ROOT, path), encoding="utf-8") as source:
            head = "".join(source.readline() for _ in range(3))
        expect("SPDX-License-Identifier: MIT" in head, f"{path} has no SPDX line")


def test_the_analyzer_is_silent(compiler, note):
    """With WERROR=1. A compiler that is newer than ours may see what ours does not."""
    ended = make(compiler, "analyze", timeout=300)
    expect(ended.status == 0, "the analyzer complains", ended.output)
    warnings = ended.output.count("warning: ")
    if warnings:
        note(f"{warnings} warnings: see make CC={compiler} analyze")

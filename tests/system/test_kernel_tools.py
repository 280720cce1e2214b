# SPDX-License-Identifier: MIT
"""tools/symbols, whose table the kernel reads, and tools/check-kernel, which judges a kernel."""

import os
import re
import subprocess
import tempfile

import pytest

from harness import symbol_table, tiny_kernel
from harness.machine import check_order, kernel_of
from harness.tests import ROOT, build_folder, expect, run_program


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
            # Between two functions newer ones know a name and no place.
            file = "" if file == "??" else os.path.normpath(file)
            frames.append((function, file, int(number)))
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
        # After a function and before the next one, DWARF has no line; the name may go on.
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

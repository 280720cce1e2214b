# SPDX-License-Identifier: MIT
"""The kernel that users boot, on many machines and with many command lines: tables, and a few
boots that need more than a row."""

import dataclasses
import struct

import pytest

from harness.machine import (THE_TEXT, Machine, boot, check_output, check_status, kernel_of,
                             pattern_of)
from harness.tests import expect, run_program

@dataclasses.dataclass(frozen=True)
class Run:
    """A row: where the kernel boots, and how that must end."""
    name: str
    expected: tuple = THE_TEXT
    end: str = "success"
    is_all: bool = False      # whether the expected lines are everything that is printed
    allocator: str = "linked_list"
    machine: dict = dataclasses.field(default_factory=dict)


def works(name, is_all=True, **machine):
    """A machine on which the kernel shows the text's results, and nothing else."""
    return Run(name, is_all=is_all, machine=machine)


def refuses(name, *expected, **machine):
    """A machine or a command line that the kernel refuses, with one line that holds this text."""
    line = "*".join(("error: ", *expected, ""))
    return Run(name, expected=(line,), end="failure", is_all=True, machine=machine)


def refuses_line(name, command_line, *expected):
    return refuses(name, *expected, append=command_line)


BOOTS = (
    works("pvh"),
    works("pvh_q35", machine="q35"),
    works("bios", boot="bios"),
    works("bios_text_mode", boot="bios", screen="text"),
    works("bios_24_bits_per_pixel", boot="bios", screen="800x600x24"),
    Run("bios_no_screen", ("no screen: ", *THE_TEXT),
        machine={"boot": "bios", "qemu": "-vga none"}),
    works("uefi", boot="uefi", is_all=False),
)

PROCESSORS = (
    works("cpu_max", cpu="max"),
    works("cpu_qemu64", cpu="qemu64"),
    works("cpu_qemu64_bios", cpu="qemu64", boot="bios"),
    works("cpu_without_gigabyte_pages", cpu="max,-pdpe1gb"),
    refuses("cpu_without_long_mode", "no 64-bit (long) mode", "use one that has", cpu="qemu32"),
    refuses("cpu_of_1993", "no 64-bit (long) mode", cpu="pentium"),
    refuses("cpu_without_nx", "cannot protect pages from execution (NX)", cpu="qemu64,-nx"),
)

MEMORIES = (
    *(works(f"memory_{size}", memory=size)
      for size in ("2M", "16M", "64M", "1G", "2G", "3G", "3584M", "4G", "6G")),
    works("memory_16M_bios", memory="16M", boot="bios"),
    works("memory_6G_bios", memory="6G", boot="bios"),
    works("memory_6G_uefi", memory="6G", boot="uefi", is_all=False),
    refuses_line("memory_none_usable", "memory=1M", "no usable frame", "more memory"),
    refuses_line("memory_too_small_for_the_heap", "memory=1500K heap=1M", "out of frames",
                 "heap=1048576 is more than", "use heap=", "K or less"),
)

COMMAND_LINES = (
    works("heap_1M", append="heap=1M"),
    works("heap_64M", append="heap=64M"),
    works("heap_of_odd_size", append="heap=99999"),
    works("options_in_any_order", append="  memory=64M   heap=1024k "),
    Run("log_verbose", ("memory 0x", "usable", "frames: ", *THE_TEXT),
        machine={"append": "log=verbose"}),
    refuses_line("heap_larger_than_memory", "heap=1G", "out of frames", "or less"),
    refuses_line("heap_larger_than_addresses", "heap=17179869183G", "heap=18446744072635809792 is"),
    refuses_line("heap_as_large_as_can_be", "heap=18446744073709551615",
                 "heap=18446744073709551615 is more than", "use heap=", "K or less"),
    refuses_line("heap_0", "heap=0", "'heap=0'", "expects a size"),
    refuses_line("heap_without_number", "heap=", "'heap='", "expects a size"),
    refuses_line("heap_without_value", "heap", "'heap'", "expects a size"),
    refuses_line("heap_of_letters", "heap=banana", "'heap=banana'", "expects a size"),
    refuses_line("heap_negative", "heap=-1", "'heap=-1'", "expects a size"),
    refuses_line("heap_with_unknown_suffix", "heap=1T", "'heap=1T'", "expects a size"),
    refuses_line("heap_overflow", "heap=18446744073709551616", "expects a size"),
    refuses_line("heap_overflow_by_suffix", "heap=17179869184G", "expects a size"),
    refuses_line("after_unknown", "after=lunch", "'after=lunch'", "expects idle or poweroff"),
    refuses_line("option_unknown", "heep=1M", "unknown option 'heep=1M'", "known are", "heap="),
    refuses_line("option_second_unknown", "heap=1M nonsense", "unknown option 'nonsense'"),
    refuses_line("command_line_too_long", "x" * 1100, "longer than 1023 characters", "shorten"),
)

OUTCOMES = (
    Run("no_screen", ("no screen: ", *THE_TEXT), machine={"qemu": "-vga none"}),
    Run("heap_too_small", ("Hello World!", "panicked at 'allocation error: Layout { size: ",
                           "backtrace:", "kernel_main*+0x* at kernel/main.c:"),
        end="failure", machine={"append": "heap=64"}),
    Run("allocator_dummy",
        ("Hello World!", "panicked at 'allocation error: Layout { size: 4, align: 4 }', "
         "alloc/interface/allocation_error.c:", "rip ffffffff80", "backtrace:",
         "  0: 0xffffffff80* cairn_handle_allocation_error+0x* at alloc/interface/",
         "kernel_main*+0x* at kernel/main.c:", "kernel_start+0x* at kernel/start.c:"),
        end="failure", allocator="dummy"),
)


def check_all(output, expected):
    lines = output.splitlines()
    expect(len(lines) == len(expected) and
           all(pattern_of(text).fullmatch(line) for text, line in zip(expected, lines)),
           "it printed something else, too", output)


@pytest.mark.parametrize("run", (*BOOTS, *PROCESSORS, *MEMORIES, *COMMAND_LINES, *OUTCOMES),
                         ids=lambda run: run.name)
def test_boot(compiler, run):
    ended = boot(Machine(kernel_of(compiler, run.allocator), **run.machine))
    check_status(ended, run.end)
    check_output(ended, run.expected)
    if run.is_all:
        check_all(ended.output, run.expected)


# ---- a wrong magic number ------------------------------------------------------------------------


def address_of(kernel, symbol):
    for line in run_program(["nm", kernel]).output.splitlines():
        address, _, name = line.split()
        if name == symbol:
            return int(address, 16)
    raise LookupError(f"{kernel} has no symbol {symbol}")


def enter_by_pvh_at(image, kernel, symbol):
    """Lets the PVH note name another entry: PVH's registers, and no Multiboot2 magic."""
    note = struct.pack("<III4sI", 4, 4, 18, b"Xen", address_of(kernel, "pvh_entry"))
    expect(image.count(note) == 1, "the PVH note was not found once")
    return image.replace(note, note[:-4] + struct.pack("<I", address_of(kernel, symbol)))


def enter_by_grub_at(image, kernel, symbol):
    """Lets the ELF header name another entry, which GRUB enters with Multiboot2's registers."""
    return image[:24] + struct.pack("<Q", address_of(kernel, symbol)) + image[32:]


def boot_patched(patched, kernel, patch, symbol, message, **machine):
    with open(kernel, "rb") as file:
        patched.write_bytes(patch(file.read(), kernel, symbol))
    ended = boot(Machine(str(patched), **machine))
    check_status(ended, "failure")
    check_output(ended, (message,))


def test_wrong_multiboot2_magic(compiler, tmp_path):
    boot_patched(tmp_path / "patched.elf", kernel_of(compiler), enter_by_pvh_at, "multiboot2_entry",
                 "error: the boot loader is not a Multiboot2 one (wrong magic number); ")


def test_wrong_pvh_magic(compiler, tmp_path):
    boot_patched(tmp_path / "patched.elf", kernel_of(compiler), enter_by_grub_at, "pvh_entry",
                 "error: the PVH start info has a wrong magic number; ", boot="bios")

# SPDX-License-Identifier: MIT
"""What a boot loader leaves, made by hand and often wrong: the kernel boots, or says in one line
what is wrong. It never hangs, and never takes the machine down."""

import struct

import pytest

from harness.machine import THE_TEXT, Machine, boot, check_output, check_status, kernel_of
from harness.tests import expect, run_well

STUB, INFORMATION = 0x5000000, 0x6000000
COMMAND_LINE = b"after=poweroff"


# ---- making Multiboot2 information ---------------------------------------------------------------


def tag(number, body=b"", size=None):
    whole = struct.pack("<II", number, 8 + len(body) if size is None else size) + body
    return whole + bytes(-len(whole) % 8)


def information(*tags, size=None):
    block = b"".join(tags)
    return struct.pack("<II", 8 + len(block) if size is None else size, 0) + block


def command_line(text):
    return tag(1, text + b"\0")


def module(begin, end):
    return tag(3, struct.pack("<II", begin, end) + b"\0")


def memory_map(*entries, entry_size=24):
    return tag(6, struct.pack("<II", entry_size, 0) + b"".join(
        struct.pack("<QQII", *entry, 0)[:entry_size].ljust(entry_size, b"\0")
        for entry in entries))


COLOURS = bytes((16, 8, 8, 8, 0, 8))


def framebuffer(address, pitch, columns, rows, bits=32, kind=1, tail=COLOURS):
    return tag(8, struct.pack("<QIIIBBH", address, pitch, columns, rows, bits, kind, 0) + tail)


USABLE, RESERVED = 1, 2
MEMORY = ((0, 0x9fc00, USABLE), (0x9fc00, 0x400, RESERVED), (0xf0000, 0x10000, RESERVED),
          (0x100000, 0x7ee0000, USABLE))
RUN, MAP, END = command_line(COMMAND_LINE), memory_map(*MEMORY), tag(0)


def screen(*values, **options):
    return information(RUN, MAP, framebuffer(*values, **options), END)


def with_map(*entries, **options):
    return information(RUN, memory_map(*entries, **options), END)


BOOTS = {
    "good": information(RUN, MAP, END),
    "no_end_tag": information(RUN, MAP),
    "end_tag_of_size_0": information(RUN, MAP, tag(0, size=0)),
    "command_line_unterminated": information(tag(1, COMMAND_LINE + b" "), MAP, END),
    "command_line_twice": information(command_line(b"nonsense"), RUN, MAP, END),
    "module_backwards": information(RUN, MAP, module(0x3000000, 0x2000000), END),
    "module_empty": information(RUN, MAP, module(0x3000000, 0x3000000), END),
    "module_cut_short": information(RUN, MAP, tag(3, b"\0\0\0\3"), END),
    "rsdp_cut_short": information(RUN, MAP, tag(15), END),
    "elf_sections_wild": information(RUN, MAP, tag(9, b"\xff" * 12), END),
    "unknown_tag": information(RUN, MAP, tag(0xfffffff0, b"x" * 100), END),
    "map_twice": information(RUN, MAP, MAP, END),
    "map_unsorted_and_overlapping": with_map(
        MEMORY[3], (0x5000000, 0x1000000, RESERVED), MEMORY[1], MEMORY[0],
        (0x100000, 0x7000000, USABLE), (0x7000000, 0x800, 4), (0x7000400, 0x1000, 3), MEMORY[2]),
    "map_of_20_byte_entries": with_map(*MEMORY, entry_size=20),
    "map_of_32_byte_entries": with_map(*MEMORY, entry_size=32),
    "map_with_empty_entries": with_map((0, 0, USABLE), *MEMORY, (1 << 63, 0, USABLE)),
    "map_past_the_last_address": with_map(
        *MEMORY, (0xfffffffffffff000, 0x2000, USABLE), (1 << 63, 1 << 63, USABLE)),
    "map_past_the_processor": with_map(*MEMORY, (1 << 51, 1 << 28, USABLE)),
    "map_with_a_hole": with_map(*MEMORY, (0x200000000, 0x10000000, USABLE)),
    "map_without_the_kernel": with_map(MEMORY[0], (0x4000000, 0x3ee0000, USABLE)),
}

ONE_LINE = {
    "size_0": (information(RUN, MAP, END, size=0), "Multiboot2 information is smaller"),
    "size_huge": (information(RUN, MAP, END, size=0xffffffff), "above 4 GiB"),
    "tag_of_size_0": (information(RUN, MAP, tag(21, size=0), END), "smaller than its header"),
    "tag_of_size_7": (information(RUN, MAP, tag(21, size=7), END), "smaller than its header"),
    "tag_past_the_end": (information(RUN, MAP, tag(21, size=25), END), "past the information's"),
    "tag_huge": (information(RUN, MAP, tag(21, size=0xfffffff8), END), "past the information's"),
    "tag_as_large_as_can_be": (information(RUN, MAP, tag(21, size=0xffffffff), END),
                               "past the information's"),
    "no_map": (information(RUN, END), "gave no memory map"),
    "map_cut_short": (information(RUN, tag(6, b"\0\0\0\0"), END), "fewer than 20 bytes"),
    "map_of_0_byte_entries": (with_map((0, 0, USABLE), entry_size=0), "fewer than 20 bytes"),
    "map_of_19_byte_entries": (with_map(*MEMORY, entry_size=19), "fewer than 20 bytes"),
    "map_empty": (with_map(), "no usable frame"),
    "map_of_nothing": (with_map((0x100000, 0, USABLE)), "no usable frame"),
    "map_of_1000": (with_map(*((0x100000 + i * 0x8000, 0x4000, USABLE) for i in range(1000))),
                    "more regions than the kernel can hold"),
    "module_over_all": (information(RUN, MAP, module(0x100000, 0x7ff0000), END),
                        "no usable frame"),
    "command_line_long": (information(command_line(b" " * 5000), MAP, END),
                          "longer than 1023 characters"),
}

DEVICE, PROCESSOR_END = 0xfd000000, 1 << 40  # in software emulation
NO_SCREEN = {
    "over_the_kernel": (screen(0x100000, 4096, 1024, 768), "lies over memory that is in use"),
    "over_memory": (screen(0x3000000, 4096, 1024, 768), "lies over memory that is in use"),
    "into_memory": (screen(0, 0x100000, 1024, 768), "lies over memory that is in use"),
    "past_the_processor": (screen(PROCESSOR_END, 4096, 1024, 768), "lies past the addresses"),
    "across_its_end": (screen(PROCESSOR_END - 4096, 4096, 1024, 768), "lies past the addresses"),
    "past_the_mapping": (screen(0x7fff80000000, 4096, 1024, 768), "lies past the addresses"),
    "past_the_last_address": (screen(0xfffffffffffff000, 4096, 1024, 768),
                              "lies past the addresses"),
    "of_no_size": (screen(0, 0, 0, 0), "has no size"),
    "huge": (screen(DEVICE, 0xffffffff, 0xffffffff, 0xffffffff), "has no size"),
    "rows_too_short": (screen(DEVICE, 4095, 1024, 768), "rows that do not hold their pixels"),
    "of_16_bits": (screen(DEVICE, 2048, 1024, 768, bits=16), "other than 24 or 32 bits"),
    "of_0_bits": (screen(DEVICE, 2048, 1024, 768, bits=0), "other than 24 or 32 bits"),
    "colours_past_the_pixel": (screen(DEVICE, 4096, 1024, 768, tail=b"\xff\xff\x40\x40\x20\0"),
                               "colours that do not fit"),
    "colours_missing": (screen(DEVICE, 4096, 1024, 768, tail=b""), "colours that do not fit"),
    "with_a_palette": (screen(DEVICE, 1024, 1024, 768, bits=8, kind=0), "has a palette"),
    "of_unknown_kind": (screen(DEVICE, 4096, 1024, 768, kind=77), "is of a kind"),
    "cut_short": (information(RUN, MAP, tag(8, struct.pack("<Q", DEVICE)), END), "too short"),
    "text_of_no_size": (screen(0xb8000, 0, 0, 0, kind=2), "has no characters"),
    "text_rows_too_short": (screen(0xb8000, 159, 80, 25, kind=2), "do not hold their characters"),
    "text_over_memory": (screen(0x1000, 160, 80, 25, kind=2), "outside the text screen's memory"),
    "text_past_its_memory": (screen(0xbf000, 160, 80, 100, kind=2), "outside the text screen's"),
}

SCREENS = {
    "rows_with_padding": screen(DEVICE, 1024 * 4 + 12, 1024, 768),
    "of_one_pixel": screen(DEVICE, 4, 1, 1),
    "unaligned": screen(DEVICE + 3, 4096, 1000, 700),
    "high": screen(PROCESSOR_END // 2, 4096, 1024, 768),
    "text_of_132_columns": screen(0xb8000, 264, 132, 50, bits=16, kind=2, tail=b""),
}


# ---- making a PVH start info ---------------------------------------------------------------------


def start_info(version=1, modules=(0, 0), line=INFORMATION + 0x100, rsdp=0,
               memory=(INFORMATION + 0x200, len(MEMORY))):
    info = struct.pack("<IIIIQQQQII", 0x336ec578, version, 0, modules[1], modules[0], line, rsdp,
                       *memory, 0)
    entries = b"".join(struct.pack("<QQII", *entry, 0) for entry in MEMORY)
    return (info.ljust(0x100, b"\0") + COMMAND_LINE).ljust(0x200, b"\0") + entries


PVH_BOOTS = {
    "good": start_info(),
    "rsdp_wild": start_info(rsdp=0xdeadbeefdeadbeef),
    "no_modules_at_a_wild_place": start_info(modules=(0xffffffff, 0)),
}

PVH_ONE_LINE = {
    "version_0": (start_info(version=0), "gave no memory map"),
    "no_map": (start_info(memory=(0, 0)), "gave no memory map"),
    "map_wild": (start_info(memory=(0xdeadbeefdeadbeef, 3)), "above 4 GiB"),
    "map_at_the_end_of_reach": (start_info(memory=(0xfffffff0, 1)), "above 4 GiB"),
    "map_where_nothing_is": (start_info(memory=(0xd0000000, 3)), "no usable frame"),
    "map_of_wild_count": (start_info(memory=(INFORMATION, 0xffffffff)), "more regions"),
    "modules_wild": (start_info(modules=(0xfffffffffffffff0, 2)), "above 4 GiB"),
    "modules_of_wild_count": (start_info(modules=(INFORMATION, 0xffffffff)), "more regions"),
    "line_wild": (start_info(line=0xffffffffffffffff), "above 4 GiB"),
    "line_of_other_data": (start_info(line=INFORMATION), "unknown option"),
}


# ---- booting with it -----------------------------------------------------------------------------


def address_of(kernel, symbol):
    lines = (line.split() for line in run_well(["nm", kernel]).splitlines())
    return next(int(address, 16) for address, _, name in lines if name == symbol)


@pytest.fixture(scope="module")
def stub(tmp_path_factory):
    """Builds the loader that enters a kernel at a symbol, with a magic number; gives its path."""
    folder = tmp_path_factory.mktemp("stub")

    def build(kernel, symbol, magic):
        program = folder / f"{symbol}.elf"
        if not program.exists():
            run_well(["gcc", "-c", "support/harness/loader_stub.S", "-o", f"{program}.o",
                      f"-DMAGIC={magic:#x}", f"-DINFORMATION={INFORMATION:#x}",
                      f"-DENTRY={address_of(kernel, symbol):#x}"])
            run_well(["ld", f"-Ttext-segment={STUB:#x}", "-z", "max-page-size=0x1000", "-z",
                      "noexecstack", "--build-id=none", "-o", str(program), f"{program}.o"])
        return str(program)
    return build


@pytest.fixture
def boot_with(any_compiler, stub, tmp_path):
    """Boots with that information, by that entry; gives how it ended."""
    def start(data, symbol="multiboot2_entry", magic=0x36d76289):
        kernel = kernel_of(any_compiler)
        (tmp_path / "information").write_bytes(data)
        return boot(Machine(stub(kernel, symbol, magic), timeout=20, qemu=(
            f"-device 'loader,file={kernel}' -device 'loader,addr={INFORMATION:#x},force-raw=on,"
            f"file={tmp_path}/information'")))
    return start


def check_boots(ended, *texts):
    check_status(ended, "success")
    check_output(ended, (*texts, *THE_TEXT))


def check_one_line(ended, text):
    check_status(ended, "failure")
    lines = ended.output.splitlines()
    expect(len(lines) == 1 and lines[0].startswith("error: ") and text in lines[0],
           f"it did not print one line, with {text!r}", ended.output)


# One of each kind for every day; the parsers' own tests are tests/kernel_units/boot_info.c.
QUICK = ("no_end_tag", "map_past_the_processor", "tag_of_size_0", "tag_huge", "map_of_0_byte_entries",
         "over_the_kernel", "past_the_processor", "modules_wild")


def rows(*names):
    return pytest.mark.parametrize("name", [
        pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow]) for name in names])


@rows(*BOOTS, *SCREENS)
def test_multiboot2_boots(boot_with, name):
    check_boots(boot_with({**BOOTS, **SCREENS}[name]))


@rows(*ONE_LINE)
def test_multiboot2_is_refused(boot_with, name):
    data, text = ONE_LINE[name]
    check_one_line(boot_with(data), text)


@rows(*NO_SCREEN)
def test_a_screen_is_left_out(boot_with, name):
    data, text = NO_SCREEN[name]
    check_boots(boot_with(data), f"no screen: the boot loader's, *{text}*; output goes to")


@rows(*PVH_BOOTS)
def test_pvh_boots(boot_with, name):
    check_boots(boot_with(PVH_BOOTS[name], "pvh_entry", 0))


@rows(*PVH_ONE_LINE)
def test_pvh_is_refused(boot_with, name):
    data, text = PVH_ONE_LINE[name]
    check_one_line(boot_with(data, "pvh_entry", 0), text)

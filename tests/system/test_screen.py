# SPDX-License-Identifier: MIT
"""What the screen shows, compared with what the serial port said.

A screenshot is cut into cells, and each cell should show the character that the serial text has in
its place. No font is needed to check that: the map between characters and the bitmaps of their
cells must be one to one. Were a single cell wrong, a character would have two bitmaps, or a bitmap
two characters.
"""

import dataclasses
import json
import socket
import subprocess
import time
from collections import Counter

import pytest

from harness.machine import PANIC, THE_TEXT, Machine, check_order, clean, kernel_of
from harness.tests import Failure, build_folder, expect, started

TEXT_MODE_CELL = (9, 16)
FRAMEBUFFER_CELL = (8, 16)


# ---- screenshots ---------------------------------------------------------------------------------


class Image:
    """A picture, three bytes a pixel."""

    def __init__(self, ppm):
        magic, size, depth, self.pixels = ppm.split(b"\n", 3)
        expect((magic, depth) == (b"P6", b"255"), "the screenshot is not a PPM of 8-bit colours")
        self.width, self.height = map(int, size.split())

    def row(self, x, y, width):
        start = 3 * (y * self.width + x)
        return self.pixels[start:start + 3 * width]

    def cell(self, column, row, size):
        """The shape in a cell, whatever its colours: which pixels are not background."""
        width, height = size
        pixels = b"".join(self.row(column * width, row * height + y, width) for y in range(height))
        colours = [pixels[i:i + 3] for i in range(0, len(pixels), 3)]
        background = Counter(colours).most_common(1)[0][0]
        return bytes(colour != background for colour in colours)


def wrap(lines, columns):
    """Lines as a screen shows them: a long one goes on in the next row."""
    for line in lines:
        for start in range(0, max(len(line), 1), columns):
            yield line[start:start + columns].ljust(columns)


def expected_rows(text, columns, rows):
    """The characters of all cells, with the last lines of the text where it has scrolled."""
    lines = [*wrap(text.split("\n"), columns)]  # the cursor waits in a row of its own
    lines += [" " * columns] * (rows - len(lines))
    return lines[-rows:] if len(lines) > rows else lines


def check_screen(image, text, cell_size):
    """Raises Failure unless the image shows the text, from its top left corner on."""
    columns, rows = image.width // cell_size[0], image.height // cell_size[1]
    shapes, characters = {}, {}
    for row, line in enumerate(expected_rows(text, columns, rows)):
        for column, character in enumerate(line):
            shape = image.cell(column, row, cell_size)
            place = f"in row {row + 1}, column {column + 1}"
            expect(shapes.setdefault(character, shape) == shape,
                   f"{character!r} looks different {place}", text)
            expect(characters.setdefault(shape, character) == character,
                   f"{characters[shape]!r} stands where {character!r} should, {place}", text)
    expect(not any(shapes.get(" ", b"")), "a space shows something", text)


# ---- a machine that stays on ---------------------------------------------------------------------


class Monitor:
    """QEMU's monitor, by its machine protocol (QMP): one JSON object a line."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(path)
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.lines.readline()  # the greeting
        self.execute("qmp_capabilities")

    def execute(self, command, **arguments):
        request = json.dumps({"execute": command, "arguments": arguments})
        self.socket.sendall(request.encode() + b"\n")
        while True:
            answer = json.loads(self.lines.readline())
            if "return" in answer or "error" in answer:
                expect("return" in answer, f"QEMU refused {command}", str(answer))
                return

    def close(self):
        self.lines.close()
        self.socket.close()


def read_until(process, last_line):
    """The machine's text up to and with the line that begins so."""
    text = ""
    for line in process.stdout:
        text += clean(line)
        if clean(line).startswith(last_line):
            return text
    raise Failure(f"the machine ended without the line {last_line!r}", text)


def take_picture(monitor, folder):
    path = folder / "screen.ppm"
    monitor.execute("screendump", filename=str(path))
    return Image(path.read_bytes())


def wait_for_screen(monitor, folder, text, cell_size):
    """The screen may come a moment after the serial port."""
    for attempt in range(10):
        try:
            return check_screen(take_picture(monitor, folder), text, cell_size)
        except Failure:
            if attempt == 9:
                raise
            time.sleep(0.2)


@dataclasses.dataclass(frozen=True)
class Picture:
    """A row: what to boot, the text that the screen must show, and how its characters lie."""
    name: str
    begin: str       # how the text's first line begins
    end: str         # how its last line begins
    cell_size: tuple
    expected: str = ""
    allocator: str = "linked_list"
    kernel: str = ""  # in the build's folder; default the one that users boot
    machine: dict = dataclasses.field(default_factory=dict)


def results(name, shown, cell_size, append="log=verbose", **machine):
    """The text's results, on the screen that the kernel says it has."""
    return Picture(name, "screen: ", "idle; to leave", cell_size, f"screen: {shown}\n",
                   machine={"append": append, **machine})


def error(name, **machine):
    return Picture(name, "error: ", "error: ", TEXT_MODE_CELL, machine=machine)


PICTURES = (
    results("pvh", "VGA text, 80 by 25 characters", TEXT_MODE_CELL),
    results("bios", "framebuffer at *, 1024 by 768 pixels of 32 bits", FRAMEBUFFER_CELL,
            boot="bios"),
    results("bios_24_bits_per_pixel", "framebuffer at *, 800 by 600 pixels of 24 bits",
            FRAMEBUFFER_CELL, boot="bios", screen="800x600x24"),
    results("bios_text_mode", "VGA text, 80 by 25 characters", TEXT_MODE_CELL, boot="bios",
            screen="text"),
    results("uefi", "framebuffer at *, 1024 by 768 pixels of 32 bits", FRAMEBUFFER_CELL,
            boot="uefi"),
    error("error", append="heap=banana"),
    error("error_before_c", cpu="qemu32"),
    Picture("panic", THE_TEXT[0], "  4: ", TEXT_MODE_CELL, PANIC, allocator="dummy"),
    Picture("panic_that_fails", "Running 1", "panicked again", TEXT_MODE_CELL, PANIC,
            kernel="tests/kernel/panic_without_symbols.elf"),
)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_screen(compiler, picture, tmp_path):
    kernel = (build_folder(compiler, picture.kernel) if picture.kernel else
              kernel_of(compiler, picture.allocator))
    machine = Machine(kernel, **picture.machine)
    path = tmp_path / "monitor"
    command = [*machine.command(), "--stay", f"--qemu=-qmp unix:{path},server=on,wait=off"]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                 errors="replace") as process:
        text = read_until(process, picture.end)
        check_order(text, [picture.expected])
        monitor = Monitor(str(path))
        text = text[text.index(picture.begin):]
        wait_for_screen(monitor, tmp_path, text, picture.cell_size)
        monitor.close()

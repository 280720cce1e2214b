# SPDX-License-Identifier: MIT
"""Booting kernels: through tools/qemu, as a user does, and reading what they said."""

import dataclasses
import re
import shlex

from .qemu import Status
from .tests import Failure, build_folder, describe_status, expect, run_program

# What the kernel that users boot shows.
THE_TEXT = (
    "Hello World!",
    "heap_value at 0x444444440000",
    "vec at 0x444444440800",
    "current reference count is 2",
    "reference count is 1 now",
    "It did not crash!",
)

# Escape sequences: UEFI's firmware and GRUB draw on the serial port too.
ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-9;=?]*[A-Za-z]")


@dataclasses.dataclass(frozen=True)
class Machine:
    """What to boot, and on what."""
    kernel: str
    boot: str = "pvh"
    append: str = ""
    memory: str = ""
    cpu: str = ""
    machine: str = ""
    screen: str = ""
    qemu: str = ""
    timeout: float = 30

    def command(self):
        command = ["tools/qemu", self.kernel, "--timeout", f"{self.timeout:g}"]
        for option in ("boot", "append", "memory", "cpu", "machine", "screen", "qemu"):
            if getattr(self, option):
                command.append(f"--{option}={getattr(self, option)}")
        return command

    def again(self):
        return shlex.join(self.command()) + " </dev/null"


def kernel_of(compiler, allocator="linked_list"):
    """The kernel that users boot."""
    return build_folder(compiler, f"cairn-{allocator}.elf")


def clean(text):
    return ESCAPE_SEQUENCE.sub("", text).replace("\r", "")


def boot(machine):
    """Boots the machine; gives its end, with all that the serial port and tools/qemu said."""
    # Making a CD and starting QEMU are not in the machine's own timeout.
    ended = run_program(machine.command(), machine.timeout + 60)
    ended.output = clean(ended.output)
    return ended


def check_status(ended, expected):
    """Exactly one status is right: a name of Status, as "cannot run"."""
    names = {status.value: status.name.replace("_", " ").lower() for status in Status}
    met = names.get(ended.status, describe_status(ended.status))
    expect(met == expected, f"the run was to end with {expected}, but ended with {met}",
           ended.output)


# ---- what the output must hold -------------------------------------------------------------------


def pattern_of(text):
    """An expected text as a regular expression: `*` stands for anything within the line."""
    return re.compile("[^\n]*".join(re.escape(part) for part in text.split("*")))


def check_order(output, expected):
    """Each expected text must be there, after the one before it."""
    position = 0
    for text in expected:
        match = pattern_of(text).search(output, position)
        if not match:
            is_misplaced = pattern_of(text).search(output)
            raise Failure(f"it did not print {text!r}" + (" in its place" if is_misplaced else ""),
                          output)
        position = match.end()


def check_absence(output, unexpected):
    for text in unexpected:
        if pattern_of(text).search(output):
            raise Failure(f"it printed {text!r}, which it must not", output)


PANIC = "panicked at '"


def check_output(ended, expected, unexpected=()):
    """A panic is never ignored: one that no expected text names is a failure."""
    check_order(ended.output, expected)
    check_absence(ended.output, unexpected)
    if not any(PANIC in text for text in expected):
        check_absence(ended.output, [PANIC])

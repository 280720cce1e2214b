# SPDX-License-Identifier: MIT
"""QEMU, as kernels are booted in it: the machine, and how to tell the way it ended.

QEMU's own exit status is easy to misread: a triple fault ends it with 0, as quitting does. So the
kernel ends the machine through the isa-debug-exit device with one of two values (enum
machine_exit_status), and everything else is a failure."""

import enum
import subprocess

from .tests import Failure

# isa-debug-exit makes value << 1 | 1 of what the kernel writes.
KERNEL_SUCCESS = 0x10 << 1 | 1
KERNEL_FAILURE = 0x11 << 1 | 1

# Counts instructions instead of time: exact, and the same in every run.
COUNTED = ("-icount", "shift=0,sleep=off")


class Status(enum.IntEnum):
    """What tools/qemu ends with."""
    SUCCESS = 0          # the kernel said so, or the user left a kernel that idled
    FAILURE = 1          # the kernel said so, after its report
    CANNOT_RUN = 2       # nothing was started
    RESET = 3            # the machine was reset or switched off: most often a triple fault
    TIMEOUT = 4          # the kernel hung
    QEMU_FAILED = 5      # QEMU refused, crashed or was killed
    INTERRUPTED = 130    # by Ctrl-C or SIGTERM


def machine(accel="tcg", board="pc", cpu="max", memory="128M", can_end=True):
    """QEMU's command line, but for what is booted and where the console is."""
    command = ["qemu-system-x86_64", "-accel", accel, "-machine", board, "-cpu", cpu, "-m", memory,
               "-nodefaults", "-no-reboot"]
    if not board.startswith("microvm"):  # which has no place for a screen
        command += ["-vga", "std"]
    if can_end:
        command += ["-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]
    return command


def unattended(kernel, *options, append=""):
    """The command that boots a kernel on the usual machine; its console is standard input and output,
    and it ends the machine when it is done."""
    return [*machine(), "-display", "none", "-serial", "stdio", *options, "-kernel", kernel,
            "-append", f"{append} after=poweroff"]


def boot(kernel, *options, append="", timeout=60):
    """Boots a kernel that must end with success; gives what it printed."""
    ended = subprocess.run(unattended(kernel, *options, append=append), stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, check=False, timeout=timeout)
    if ended.returncode != KERNEL_SUCCESS:
        raise Failure(f"{kernel} ended with status {ended.returncode}", ended.stdout + ended.stderr)
    return ended.stdout

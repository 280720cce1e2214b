# SPDX-License-Identifier: MIT
"""Machines that lack what a PC has, or have it broken: the kernel boots, and waits for none of it."""

import pytest

from harness.machine import THE_TEXT, Machine, boot, check_output, check_status, kernel_of

# A device with one port, which reads as `value` for ever.
PORT = "-chardev null,id=none -device isa-debugcon,chardev=none,iobase={port},readback={value}"
SERIAL_LINE_STATUS, KEYBOARD_STATUS = 0x3fd, 0x64


@pytest.mark.parametrize("machine", (
    "pc,i8042=off",
    "q35,i8042=off",
    "microvm",
    "microvm,pit=off,pic=off,rtc=off",
    "microvm,pit=on,pic=on,rtc=on,isa-serial=on",
))
def test_the_results_are_shown(compiler, machine):
    ended = boot(Machine(kernel_of(compiler), machine=machine))
    check_status(ended, "success")
    check_output(ended, THE_TEXT)


def test_without_a_serial_port(compiler):
    check_status(boot(Machine(kernel_of(compiler), machine="microvm,isa-serial=off")), "success")


@pytest.mark.parametrize("value", (0x00, 0x01, 0x20, 0x21, 0xfe))
@pytest.mark.parametrize("port", (SERIAL_LINE_STATUS, KEYBOARD_STATUS))
def test_a_status_that_never_changes(any_compiler, port, value):
    ended = boot(Machine(kernel_of(any_compiler), machine="microvm,isa-serial=off",
                         qemu=PORT.format(port=port, value=value)))
    check_status(ended, "success")


def test_an_error_before_c_waits_for_no_stuck_port(any_compiler):
    """The machine has no long mode, and its serial port never takes a byte."""
    ended = boot(Machine(kernel_of(any_compiler), machine="microvm,isa-serial=off", cpu="qemu32",
                         qemu=PORT.format(port=SERIAL_LINE_STATUS, value=0)))
    check_status(ended, "failure")

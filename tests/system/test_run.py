# SPDX-License-Identifier: MIT
"""make run: what cannot boot is refused with what would, and ARGS reaches the kernel as written."""

import re

import pytest

from harness.machine import THE_TEXT, Machine, boot, check_output, check_status, kernel_of
from harness.tests import expect, make


@pytest.mark.parametrize("options, texts", (
    ({"memory": "1"}, ("1 MiB", "MEMORY=2M or more")),
    ({"memory": "0"}, ("0 MiB", "MEMORY=2M or more")),
    ({"memory": "1023K"}, ("0.99902", "MEMORY=2M or more")),
    ({"memory": "banana"}, ("'banana' is no size", "MEMORY=2M or more")),
    ({"memory": "-5"}, ("'-5' is no size",)),
    ({"memory": "128MB"}, ("'128MB' is no size",)),
    ({"memory": "8M", "boot": "bios"}, ("BOOT=bios", "MEMORY=16M or more")),
    ({"memory": "48M", "boot": "uefi"}, ("BOOT=uefi", "MEMORY=96M or more")),
    ({"cpu": "nonsense,-nx"}, ("no CPU=nonsense", "use max")),
    ({"machine": "nonsense"}, ("no MACHINE=nonsense", "use one of pc, q35, microvm")),
    ({"machine": "none"}, ("MACHINE=none cannot boot", "use one of pc, q35, microvm")),
    ({"machine": "microvm", "boot": "bios"}, ("cannot boot this kernel by BOOT=bios", "pc, q35")),
    ({"machine": "isapc", "boot": "uefi"}, ("cannot boot this kernel by BOOT=uefi", "pc, q35")),
), ids=str)
def test_what_cannot_boot_is_refused(any_compiler, options, texts):
    ended = boot(Machine(kernel_of(any_compiler), **options))
    check_status(ended, "cannot run")
    expect(len(ended.output.splitlines()) == 1 and all(text in ended.output for text in texts),
           f"it is not one line with {texts}", ended.output)


@pytest.mark.parametrize("options", (
    {"memory": "2"}, {"memory": "2048k"}, {"memory": "0.5g"}, {"memory": "16M", "boot": "bios"},
    {"memory": "96M", "boot": "uefi"}, {"cpu": "Nehalem"},
), ids=str)
def test_what_is_said_to_boot_boots(any_compiler, options):
    ended = boot(Machine(kernel_of(any_compiler), **options))
    check_status(ended, "success")
    check_output(ended, THE_TEXT)


def test_the_heap_that_is_said_to_be_possible_is(any_compiler):
    kernel = kernel_of(any_compiler)
    ended = boot(Machine(kernel, append="heap=64G"))
    check_status(ended, "failure")
    size = re.search(r"use heap=(\d+K) or less", ended.output)[1]
    check_status(boot(Machine(kernel, append=f"heap={size}")), "success")


@pytest.mark.parametrize("boot_by", ("pvh", "bios"))
@pytest.mark.parametrize("word", ("-v", "it's", 'a"b', "$HOME", "$(HOME)", "a\\b", "`id`", "a;b#c"))
def test_arguments_reach_the_kernel(any_compiler, boot_by, word):
    ended = make(any_compiler, "run", f"BOOT={boot_by}", f"ARGS={word}  heap=1M")
    expect(f"unknown option '{word}'" in ended.output, f"{word} did not arrive", ended.output)

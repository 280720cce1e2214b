# SPDX-License-Identifier: MIT
"""Builds tiny_kernel.S, in the variant that its macros ask for."""

import os

from .tests import ROOT, expect, run_program

SOURCE = os.path.join(ROOT, "support/harness/tiny_kernel.S")


def build(folder, *defines, linker_options=()):
    """Gives the path of the kernel, which lies in the folder."""
    program = os.path.join(str(folder), "_".join(defines).replace("=", "_") + ".elf")
    steps = (
        ["gcc", "-c", SOURCE, "-o", f"{program}.o", *(f"-D{define}" for define in defines)],
        ["ld", "-Ttext-segment=0x100000", "-z", "max-page-size=0x1000", "-z", "noexecstack",
         "--build-id=none", *linker_options, "-o", program, f"{program}.o"],
    )
    for step in steps:
        ended = run_program(step)
        expect(ended.status == 0, f"{step[0]} failed", ended.output)
    return program

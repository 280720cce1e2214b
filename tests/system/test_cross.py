# SPDX-License-Identifier: MIT
"""The library on every word size and byte order: one program, built by mk/cross.mk for each target
with each compiler, and run in QEMU or Node. docs/targets.md says what the targets are.

`make test` runs four of these builds, `make test-cross` all, or those that TARGETS names.
"""

import dataclasses
import glob
import os
import random

import pytest

from harness.tests import ROOT, Failure, expect, preloadable, run_program


@dataclasses.dataclass
class Target:
    """How programs of a target are run; `boards` are its machines, where it has no Linux."""
    emulator: str
    libraries: str = ""
    boards: dict = dataclasses.field(default_factory=dict)
    compilers: tuple = ("gcc", "clang")


MICROBIT = {"microbit": ["-M", "microbit"]}
VIRT = {"virt": ["-M", "virt", "-bios", "none"]}
TARGETS = {
    "i686": Target("", "i686-linux-gnu"),  # this processor's own; QEMU's hangs in threads
    "armhf": Target("qemu-arm", "arm-linux-gnueabihf"),
    "aarch64": Target("qemu-aarch64", "aarch64-linux-gnu"),
    "riscv64": Target("qemu-riscv64", "riscv64-linux-gnu"),
    "ppc32": Target("qemu-ppc", "powerpc-linux-gnu"),
    "ppc64": Target("qemu-ppc64", "powerpc64-linux-gnu"),
    "s390x": Target("qemu-s390x", "s390x-linux-gnu"),
    # No other board of QEMU has an M0. The M3 of the larger one runs the same instructions.
    "cortex-m0": Target("qemu-system-arm", boards=MICROBIT | {"mps2": ["-M", "mps2-an385"]}),
    "cortex-m4": Target("qemu-system-arm", boards={"mps2": ["-M", "mps2-an386"]}),
    "riscv32": Target("qemu-system-riscv32", boards=VIRT),
    "riscv32imc": Target("qemu-system-riscv32", boards=VIRT),
    "wasm32": Target("node", compilers=("clang",)),
}
# In every `make test`, as in mk/cross.mk.
QUICK = [("armhf", "gcc"), ("riscv32", "clang"), ("ppc64", "gcc"), ("wasm32", "clang")]


def cases(rows):
    """Rows that begin with a target and a compiler, as cases of a test."""
    return [pytest.param(*row, marks=() if row[:2] in QUICK else pytest.mark.slow) for row in rows]


BUILDS = [(target, builder) for target in TARGETS for builder in TARGETS[target].compilers]
# Where libcairn-malloc.so can be; clang's for ppc32 cannot, see mk/cross_target.mk.
LINUX = [build for build in BUILDS
         if TARGETS[build[0]].libraries and build != ("ppc32", "clang")]
PROGRAMS = [(*build, board) for build in BUILDS for board in TARGETS[build[0]].boards or [""]]

# What the program is told to do wrong, and what the heap says of it.
MISTAKES = {
    "double_free": "double free, or never allocated",
    "interior_free": "16 bytes into the live block",
    "misaligned_free": "1 bytes into the live block",
    "foreign_free": "not from this heap",
    "wrong_size": "wrong layout, the block has 96 bytes",
    "endless_size": "wrong layout, the block has 96 bytes",
    "write_after_free": "freed memory was written to",
}


def built(target, builder, *path):
    """A file that was built for the target; gcc's folder has the cross compiler's whole name."""
    folder = os.path.join(ROOT, os.environ.get("CAIRN_BUILD", "build"), "cross", target)
    found = glob.glob(os.path.join(folder, f"*{builder}", *path))
    if not found:
        raise Failure(f"{'/'.join(path)} was not built; make test-cross TARGETS={target} does")
    return found[0]


def command(target, builder, board, word):
    """What runs the test program with one word on its command line."""
    how = TARGETS[target]
    if target == "wasm32":
        return ["node", "hosts/wasm32/run.mjs", built(target, builder, "program.wasm"), word]
    if how.libraries:
        return linux(target, built(target, builder, "program"), word)
    return [how.emulator, *how.boards[board], "-display", "none", "-monitor", "none", "-serial",
            "none", "-semihosting-config", f"enable=on,target=native,arg=program,arg={word}",
            "-kernel", built(target, builder, f"program-{board}.elf")]


def linux(target, *words, preload=""):
    how = TARGETS[target]
    if how.emulator:
        environment = ["-E", f"LD_PRELOAD={preload}"] if preload else []
        return [how.emulator, "-L", f"/usr/{how.libraries}", *environment, *words]
    folder = f"/usr/{how.libraries}/lib"
    return [f"{folder}/ld-linux.so.2", "--library-path", folder, "--preload", preload, *words]


@pytest.mark.parametrize("target, builder, board", cases(PROGRAMS))
def test_random_actions(target, builder, board):
    seed = os.environ.get("SEED") or str(random.randrange(1 << 32))
    ended = run_program(command(target, builder, board, seed))
    expect(ended.status == 0 and ended.output.endswith("all passed\n"),
           f"it ended with {ended.status}; again with SEED={seed}", ended.output)


@pytest.mark.parametrize("target, builder, board", cases(PROGRAMS))
def test_wrong_frees_are_reported(target, builder, board):
    for mistake, report in MISTAKES.items():
        ended = run_program(command(target, builder, board, mistake))
        expect(ended.status != 0 and "panicked at alloc/heap/" in ended.output and
               report in ended.output, f"{mistake}: ended with {ended.status}", ended.output)


def run_on_our_malloc(target, builder, name, *words):
    """Runs a program of tests/hosted with libcairn-malloc.so in the place of malloc."""
    preload = preloadable(built(target, builder, "libcairn-malloc.so"))
    return run_program(linux(target, built(target, builder, "tests/hosted", name), *words,
                             preload=preload))


@pytest.mark.parametrize("target, builder", cases(LINUX))
def test_malloc(target, builder):
    ended = run_on_our_malloc(target, builder, "malloc_semantics", "cairn")
    expect(ended.output == "in main\nafter main\n", f"it ended with {ended.status}", ended.output)
    ended = run_on_our_malloc(target, builder, "malloc_mistakes", "free_twice")
    expect("double free" in ended.output, f"it ended with {ended.status}", ended.output)


@pytest.mark.parametrize("target, builder", cases(LINUX))
def test_threads(target, builder):
    """Without forks, for QEMU cannot fork a program of several threads."""
    ended = run_on_our_malloc(target, builder, "malloc_threads", "2", "0")
    expect("2 rounds of 4 threads and 0 forks" in ended.output,
           f"it ended with {ended.status}", ended.output)

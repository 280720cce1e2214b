# SPDX-License-Identifier: MIT
"""The glue of docs/porting.md: it is what the files say, it compiles, and it runs."""

import os
import re

import pytest

from harness.tests import ROOT, build_folder, expect, run_program

TESTS = f"{ROOT}/tests/porting"
GLUE = f"{ROOT}/docs/porting"
STRICT = ["-std=c17", "-O1", "-Wall", "-Wextra", "-Werror"]
QUOTE = re.compile(r"\[`\S+`\]\((porting/\S+)\)\.\n\n```c\n(.*?)```", re.DOTALL)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def run(*words):
    ended = run_program([str(word) for word in words])
    expect(ended.status == 0, f"{words[0]} ended with {ended.status}", ended.output)


def single_file(compiler):
    return build_folder(compiler, "single-file")


def compile_with(command, compiler, source, output, *options):
    run(*command, *STRICT, f"-I{single_file(compiler)}", f"-I{TESTS}", *options, "-c", source, "-o",
        output)
    return output


# ---- the text ------------------------------------------------------------------------------------


def test_quotes_are_what_the_files_say():
    quotes = QUOTE.findall(read(f"{ROOT}/docs/porting.md"))
    quoted = sorted(os.path.basename(path) for path, _ in quotes)
    expect(quoted == sorted(os.listdir(GLUE)), f"docs/porting.md quotes {quoted}")
    for path, quote in quotes:
        text = read(f"{ROOT}/docs/{path}")
        expect(text[text.index("#include"):] == quote, f"docs/porting.md quotes {path} otherwise")


def test_table_has_every_function():
    header = re.sub(r"/\*.*?\*/", "", read(f"{ROOT}/base/include/cairn/base/host.h"), flags=re.DOTALL)
    seam = set(re.findall(r"\b(cairn_host_\w+)(?:\(|;)", header)) - {"cairn_host_interrupt_state"}
    table = [line for line in read(f"{ROOT}/docs/porting.md").splitlines() if line.startswith("| `")]
    told = {name for line in table for name in re.findall(r"`(cairn_host_\w+)`", line.split("|")[1])}
    expect(told == seam, f"the table of docs/porting.md differs in {sorted(told ^ seam)}")


# ---- the glue ------------------------------------------------------------------------------------


@pytest.fixture
def library(compiler, tmp_path):
    """cairn.c as a kernel of this machine links it."""
    return compile_with([compiler], compiler, f"{single_file(compiler)}/cairn.c",
                        tmp_path / "cairn.o", "-ffreestanding")


def test_limine(compiler, library, tmp_path):
    include = f"-I{TESTS}/limine"
    glue = compile_with([compiler], compiler, f"{GLUE}/limine.c", tmp_path / "limine.o",
                        "-ffreestanding", include)
    loader = compile_with([compiler], compiler, f"{TESTS}/limine/main.c", tmp_path / "main.o", include)
    run(compiler, glue, loader, library, "-o", tmp_path / "kernel")
    run(tmp_path / "kernel")


def test_lk(compiler, library, tmp_path):
    lk = compile_with([compiler], compiler, f"{TESTS}/lk.c", tmp_path / "lk.o", "-ffreestanding")
    run(compiler, lk, library, "-o", tmp_path / "lk")
    run(tmp_path / "lk")


# The second processor has no atomic operations, and the board of a larger one runs its code.
ARM_GCC = ["arm-none-eabi-gcc", "-mthumb"]
ARM_CLANG = ["clang", "--target=thumb-none-eabi", "-meabi", "gnu", "-Wno-atomic-alignment"]
PROCESSORS = ["cortex-m4", "cortex-m0"]


@pytest.mark.slow  # not for what it does, but for its compiler, which is large
@pytest.mark.parametrize("processor", PROCESSORS)
@pytest.mark.parametrize("command", [ARM_GCC, ARM_CLANG], ids=["gcc", "clang"])
def test_cortex_m(command, processor, any_compiler, tmp_path):
    options = ["-ffreestanding", "-ffunction-sections", f"-mcpu={processor}"]
    sources = [f"{single_file(any_compiler)}/cairn.c", f"{GLUE}/bare_metal.c", f"{TESTS}/cortex_m/main.c"]
    objects = [compile_with(command, any_compiler, source, tmp_path / f"{number}.o", *options)
               for number, source in enumerate(sources)]
    run(*ARM_GCC, f"-mcpu={processor}", "-nostdlib", "-Wl,--gc-sections", "-T", f"{TESTS}/cortex_m/link.ld",
        *objects, "-lgcc", "-o", tmp_path / "firmware.elf")
    ended = run_program(["qemu-system-arm", "-M", "mps2-an386", "-nographic", "-semihosting-config",
                         "enable=on,target=native", "-kernel", str(tmp_path / "firmware.elf")],
                        timeout=30)
    expect("the heap works\n" in ended.output, "the heap does not work", ended.output)
    expect(re.search(r"panicked at .*: cairn: dealloc of .*: double free", ended.output),
           "the second free is not reported", ended.output)
    expect(ended.status == 3, f"it ended with {ended.status}, not by the trap", ended.output)

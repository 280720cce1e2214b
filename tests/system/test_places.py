# SPDX-License-Identifier: MIT
"""Builds where packagers and users make them: other folders, other options, other machines."""

import filecmp
import os
import re

import pytest

from harness.installation import copy_of_the_sources
from harness.machine import THE_TEXT, check_order
from harness.tests import expect, make, run_program, run_well

# What is built, and installed or booted: below the compiler's folder.
PRODUCTS = ["libcairn.a", "libcairn.so.0", "libcairn-malloc.so.0", "libcairn-record.so",
            "cairn-record", "bench/measure", "cairn-linked_list.elf"]
TARGETS = ["library", "preload", "record", "measure", "kernel"]


def state(folder):
    """Every file below, with the time of its last change."""
    return {path: os.lstat(path).st_mtime_ns for where, folders, files in os.walk(folder)
            for path in (os.path.join(where, name) for name in folders + files)}


# ---- folders -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_nothing_is_written_beside_the_sources(tmp_path):
    """From a path with a space, without .git, under nohup, read-only (which root does not notice)."""
    source = copy_of_the_sources(tmp_path / "a tree")
    before = state(source)
    run_well(["chmod", "-R", "a-w", source])
    for words in (["run"], ["test", "TEST=basic_boot"], ["install", f"DESTDIR={tmp_path}/there"],
                  ["analyze"], ["bench", "QUICK=1", "ONLY=pairs", "SUBJECTS=cairn"]):
        ended = run_program(["nohup", f"{source}/cairn", *words, "CC=gcc",
                             f"BUILD={tmp_path}/elsewhere"], timeout=280)
        expect(ended.status == 0, f"./cairn {words[0]} ended with {ended.status}", ended.output)
        if words == ["run"]:
            check_order(ended.output, THE_TEXT)
    after = state(source)
    run_well(["chmod", "-R", "u+w", source])
    expect(before == after, "this is new or changed",
           "\n".join(sorted(dict(before.items() ^ after.items()))))


def test_a_build_folder_with_a_space_is_refused():
    ended = run_program(["make", "library", "BUILD=/tmp/a folder"])
    expect(ended.status != 0 and "BUILD=/tmp/a folder has a space" in ended.output, "it went on",
           ended.output)


@pytest.mark.slow
def test_two_builds_in_two_places_are_the_same_bytes(compiler, tmp_path):
    builds = []
    for folder, build in (("here", tmp_path / "elsewhere"), ("a longer path/there", "build")):
        source = copy_of_the_sources(tmp_path / folder)
        ended = make(compiler, "-C", source, f"BUILD={build}", *TARGETS, timeout=280)
        expect(ended.status == 0, f"it does not build in {source}", ended.output)
        builds.append(source / build / compiler)
    _, different, missing = filecmp.cmpfiles(*builds, PRODUCTS, shallow=False)
    expect(not different and not missing, f"these differ: {different}, and are missing: {missing}")


# ---- options -------------------------------------------------------------------------------------


def commands(tmp_path, *words):
    """What make would run to build everything anew, by the program that is run."""
    lines = run_well(["make", "-n", f"BUILD={tmp_path}", *TARGETS, *words]).replace("\\\n", " ")
    return lines.splitlines()


def test_users_options_stand_between_ours(tmp_path):
    """After what may be chosen otherwise, and before what must not be."""
    lines = commands(tmp_path, "CPPFLAGS=-DFIRST", "CFLAGS=-O3 -DSECOND", "LDFLAGS=-Wl,-z,third")
    compiled = [line for line in lines if re.match(r"gcc .* -c ", line)]
    expect(len(compiled) > 100, "little is compiled", "\n".join(lines))
    for line in compiled:
        expect(re.search("-O2 .* -DFIRST -O3 -DSECOND .*-std=gnu17 ", line), "the order is another",
               line)
        if "-ffreestanding" in line:
            expect(re.search("-DSECOND.* -mgeneral-regs-only .*-fno-stack-protector", line),
                   "the kernel's options do not win", line)
    linked = [line for line in lines if re.match(r"gcc .*-o \S*(\.so\.0|\.so|record|measure) ", line)]
    expect(len(linked) == 5 and all("-DSECOND" in line and "-Wl,-z,third" in line for line in linked),
           "a program is linked without them", "\n".join(linked))


def test_installed_code_runs_on_every_processor(tmp_path):
    """Nothing asks for more than the compiler's own baseline."""
    lines = [line for line in commands(tmp_path) if "-march" in line or "-mtune" in line]
    expect(not lines, "it is for some processors only", "\n".join(lines))


@pytest.mark.parametrize("words, tools", [
    ([], ["gcc", "ar", "objcopy"]),
    (["CC=some-machine-gcc"], ["some-machine-gcc", "some-machine-ar", "some-machine-objcopy"]),
    (["CC=clang", "AR=llvm-ar", "OBJCOPY=llvm-objcopy"], ["clang", "llvm-ar", "llvm-objcopy"]),
], ids=["native", "cross", "chosen"])
def test_tools_are_of_the_compilers_kind(words, tools, tmp_path):
    lines = "\n".join(commands(tmp_path, *words))
    for tool in tools:
        expect(re.search(rf"(^|&& ){tool} -?\w", lines, re.MULTILINE), f"{tool} is not run", lines)


@pytest.mark.slow
def test_a_kernel_with_packagers_options_boots(compiler, tmp_path):
    flags = "-O3 -g -flto -fPIE -fstack-protector-all -fstack-clash-protection -fcf-protection -mavx"
    ended = make(compiler, "run", f"BUILD={tmp_path}", f"CFLAGS={flags}",
                 "CPPFLAGS=-D_FORTIFY_SOURCE=2", "LDFLAGS=-Wl,-z,relro -Wl,-z,now", timeout=200)
    expect(ended.status == 0, f"make run ended with {ended.status}", ended.output)
    check_order(ended.output, THE_TEXT)

# SPDX-License-Identifier: MIT
"""What the sources must be, whatever they do."""

import json
import os
import re
import shlex
import tempfile

from harness.tests import ROOT, build_folder, expect, make, project_files, run_program


# ---- layers --------------------------------------------------------------------------------------

UPWARD_INCLUDES = (
    # a file of a layer, and a header of a higher one
    ("base/check.c", "<cairn/layout.h>"),
    ("alloc/interface/global.c", '"println.h"'),
    ("kernel/boot/options.c", '"println.h"'),
    ("kernel/console/screen.c", '"panic.h"'),
    ("kernel/panic/panic.c", '"frames.h"'),
    ("kernel/memory/frames.c", '"heap.h"'),
)


def compile_with(compiler, source, header):
    """Compiles the source with one more #include, by the command that builds it."""
    with open(build_folder(compiler, "kernel", f"{source[:-2]}.o.json"), encoding="utf-8") as file:
        command = shlex.split(json.loads(file.read().rstrip(",\n"))["command"])
    with tempfile.NamedTemporaryFile("w", suffix=".c") as copy:
        copy.write(f"#include {header}\n")
        copy.flush()
        command = command[:command.index("-MMD")] + ["-fsyntax-only", copy.name]
        return run_program(command)


def test_upward_includes_do_not_compile(compiler):
    for source, header in UPWARD_INCLUDES:
        ended = compile_with(compiler, source, header)
        expect(ended.status != 0 and re.search("[Nn]o such file|file not found", ended.output),
               f"{source} may include {header}, which lies in a higher layer", ended.output)
        expect(compile_with(compiler, source, "<stdint.h>").status == 0,
               f"{source} cannot include <stdint.h>")


# ---- the sources ---------------------------------------------------------------------------------


def is_bookworm():
    with open("/etc/os-release", encoding="utf-8") as file:
        return "VERSION_CODENAME=bookworm" in file.read()


def test_sources_are_formatted(any_compiler, note):
    """By the version of clang-format that counts, which bookworm has."""
    ended = make(any_compiler, "check-format")
    expect(ended.status == 0, "clang-format would change something: run make format", ended.output)
    if "not checked" in ended.output:
        expect(not is_bookworm(), "the format was not checked", ended.output)
        note(ended.output.strip())


def test_sources_name_their_license():
    for path in project_files(".c", ".h", ".S", ".py", ".mk", ".ld", "Makefile"):
        with open(os.path.join(ROOT, path), encoding="utf-8") as source:
            head = "".join(source.readline() for _ in range(3))
        expect("SPDX-License-Identifier: MIT" in head, f"{path} has no SPDX line")


def test_the_analyzer_is_silent(compiler, note):
    """With WERROR=1. A compiler that is newer than ours may see what ours does not."""
    ended = make(compiler, "analyze", timeout=300)
    expect(ended.status == 0, "the analyzer complains", ended.output)
    warnings = ended.output.count("warning: ")
    if warnings:
        note(f"{warnings} warnings: see make CC={compiler} analyze")

# SPDX-License-Identifier: MIT
"""The public headers in the languages of those who include them, each header alone."""

import glob
import os

import pytest

from harness.tests import ROOT, build_folder, expect, run_program

pytestmark = pytest.mark.both_compilers

STANDARDS = ["c17", "c2x", "c++17", "c++20"]
FOLDERS = ["base/include", "alloc/include"]
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror"]


def language(standard):
    """The options that make a C compiler compile this standard, without its extensions."""
    return ["-x", "c++" if "+" in standard else "c", f"-std={standard}"]


def headers(standard):
    """What a user includes, but templates and their parts, which need parameters."""
    for folder in FOLDERS:
        for path in glob.glob(f"{ROOT}/{folder}/**/*.h*", recursive=True):
            is_template = path.endswith(".t.h") or "/template_" in path
            if not is_template and ("+" in standard or path.endswith(".h")):
                yield os.path.relpath(path, f"{ROOT}/{folder}")


def compile_strictly(compiler, standard, path, *options):
    ended = run_program([compiler, *language(standard), *STRICT, str(path), *options,
                         *(f"-I{ROOT}/{folder}" for folder in FOLDERS)])
    expect(ended.status == 0, f"{compiler} -std={standard} refuses it", ended.output)


@pytest.mark.parametrize("standard", STANDARDS)
def test_each_header_compiles_alone(compiler, standard, tmp_path):
    for number, header in enumerate(sorted(headers(standard))):
        source = tmp_path / f"{number}.c"
        source.write_text(f"#include <{header}>\nextern int a_declaration;\n")
        compile_strictly(compiler, standard, source, "-fsyntax-only")


@pytest.mark.parametrize("standard", STANDARDS)
def test_initializers_and_templates_compile(compiler, standard):
    compile_strictly(compiler, standard, f"{ROOT}/tests/languages/initializers_and_templates.c",
                     "-O2", "-c", "-o", "/dev/null")


@pytest.mark.parametrize("standard", [standard for standard in STANDARDS if "+" in standard])
def test_containers_of_the_standard_library(compiler, standard, tmp_path):
    compile_strictly(compiler, standard, f"{ROOT}/tests/languages/memory_resource.cpp",
                     "-O2", "-c", "-o", f"{tmp_path}/program.o")
    ended = run_program([compiler, str(tmp_path / "program.o"),
                         os.path.join(build_folder(compiler), "libcairn.a"), "-lstdc++", "-o",
                         str(tmp_path / "program")])
    expect(ended.status == 0, "it does not link", ended.output)
    ended = run_program([str(tmp_path / "program")])
    expect(ended.status == 0, f"it ended with {ended.status}", ended.output)

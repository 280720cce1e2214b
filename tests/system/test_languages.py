# SPDX-License-Identifier: MIT
"""The public headers in the languages of those who include them, each header alone."""

import glob
import os

import pytest

from harness.tests import ROOT, expect, run_program

STANDARDS = ["c17", "c2x", "c++17", "c++20"]
FOLDERS = ["base/include", "alloc/include"]
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror"]


def language(standard):
    """The options that make a C compiler compile this standard, without its extensions."""
    return ["-x", "c++" if "+" in standard else "c", f"-std={standard}"]


def headers():
    """What a user includes, but templates and their parts, which need parameters."""
    for folder in FOLDERS:
        for path in glob.glob(f"{ROOT}/{folder}/**/*.h", recursive=True):
            if not path.endswith(".t.h") and "/template_" not in path:
                yield os.path.relpath(path, f"{ROOT}/{folder}")


def check_compiles(compiler, standard, path, *options):
    ended = run_program([compiler, *language(standard), *STRICT, "-O2", "-c", path, "-o",
                         "/dev/null", *(f"-I{ROOT}/{folder}" for folder in FOLDERS), *options])
    expect(ended.status == 0, f"{compiler} -std={standard} refuses it", ended.output)


@pytest.mark.parametrize("standard", STANDARDS)
def test_each_header_compiles_alone(compiler, standard, tmp_path):
    for number, header in enumerate(sorted(headers())):
        source = tmp_path / f"{number}.c"
        source.write_text(f"#include <{header}>\nextern int a_declaration;\n")
        check_compiles(compiler, standard, source)


@pytest.mark.parametrize("standard", STANDARDS)
def test_initializers_and_templates_compile(compiler, standard):
    check_compiles(compiler, standard, f"{ROOT}/tests/languages/initializers_and_templates.c")

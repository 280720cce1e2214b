# SPDX-License-Identifier: MIT
"""The version stands in <cairn/version.h>; everything else that names one agrees with it."""

import os
import re

import pytest

from harness.installation import installed
from harness.tests import ROOT, build_folder, expect, run_well


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def version(compiler="gcc"):
    """What a program sees of the header."""
    lines = run_well([compiler, "-E", "-dM", "base/include/cairn/version.h"])
    numbers = dict(re.findall(r"define CAIRN_VERSION_(MAJOR|MINOR|PATCH) (\d+)", lines))
    return ".".join(numbers[name] for name in ("MAJOR", "MINOR", "PATCH"))


def test_the_string_is_made_of_the_numbers(compiler, tmp_path):
    source = tmp_path / "version.c"
    source.write_text("#include <cairn/version.h>\n#include <stdio.h>\n"
                      "int main(void) { puts(CAIRN_VERSION); }\n")
    run_well([compiler, source, "-Ibase/include", "-o", tmp_path / "version"])
    expect(run_well([str(tmp_path / "version")]) == f"{version(compiler)}\n", "it is another")


@pytest.mark.parametrize("name, pattern", [
    ("CHANGELOG.md", r"^## ([0-9.]+) \(\d{4}-\d\d-\d\d\)$"),
    ("debian/changelog", r"^cairn \(([0-9.]+)\)"),
])
def test_the_newest_entry_is_of_this_version(name, pattern):
    found = re.search(pattern, read(name), re.MULTILINE)
    expect(found and found[1] == version(), f"{name} begins with {found and found[0]}")


@pytest.mark.parametrize("tool", ["cairn-record", "cairn-replay"])
def test_tools_tell_it(compiler, tool):
    path = {"cairn-record": build_folder(compiler, "cairn-record"), "cairn-replay": "tools/replay"}
    expect(run_well([path[tool], "--version"]) == f"{tool} {version()}\n", "it tells another")


@pytest.mark.parametrize("name", ["pkgconfig/cairn.pc", "cmake/cairn/cairnConfigVersion.cmake"])
def test_descriptions_tell_it(any_compiler, name, tmp_path):
    root, _ = installed(any_compiler, tmp_path)
    told = read(os.path.join(root, "lib", name))
    expect(version() in told and "@" not in told, f"{name} tells another", told)


@pytest.mark.parametrize("library", ["libcairn", "libcairn-malloc"])
def test_sonames_end_in_its_first_number(compiler, library):
    dynamic = run_well(["readelf", "-dW", build_folder(compiler, f"{library}.so")])
    expect(f"soname: [{library}.so.{version().split('.')[0]}]" in dynamic, "it has another", dynamic)

# SPDX-License-Identifier: MIT
"""The Rust crate, by Debian's Rust: the oldest that it is for."""

import re
import shutil

import pytest

from harness.tests import ROOT, build_folder, expect, run_program

# Slow for what it needs, not for what it does: rustc and cargo are 60 MB to fetch.
pytestmark = pytest.mark.slow


def check_crate(target, **environment):
    ended = run_program(["cargo", "test", "--offline", "--manifest-path",
                         f"{ROOT}/bindings/rust/Cargo.toml"], timeout=300,
                        PATH="/usr/bin:/bin", CARGO_TARGET_DIR=str(target), **environment)
    expect(ended.status == 0, f"cargo test ended with {ended.status}", ended.output)
    expect(ended.output.count("test result: ok") == 4, "tests are missing", ended.output)


def test_crate_builds_the_library(compiler, tmp_path):
    check_crate(tmp_path, CC=compiler)


def test_crate_takes_the_installed_library(any_compiler, tmp_path):
    (tmp_path / "lib").mkdir()
    shutil.copy(f"{build_folder(any_compiler)}/libcairn.a", tmp_path / "lib")
    for layer in ("base", "alloc"):
        shutil.copytree(f"{ROOT}/{layer}/include", tmp_path / "include", dirs_exist_ok=True)
    check_crate(tmp_path / "target", CC=any_compiler, CAIRN_PREFIX=str(tmp_path))


def test_version_is_that_of_cairn():
    with open(f"{ROOT}/base/include/cairn/version.h", encoding="utf-8") as file:
        version = ".".join(re.findall(r"#define CAIRN_VERSION_M?[A-Z]+ (\d+)", file.read()))
    with open(f"{ROOT}/bindings/rust/Cargo.toml", encoding="utf-8") as file:
        expect(f'version = "{version}"' in file.read(), f"Cargo.toml does not say {version}")

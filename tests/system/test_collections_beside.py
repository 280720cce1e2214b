# SPDX-License-Identifier: MIT
"""Our collections beside those of C++'s and Rust's libraries: tests/collections_beside."""

import glob
import os
import re
import subprocess

import pytest

from harness.tests import ROOT, build_folder, expect, run_program, run_well

FOLDER = f"{ROOT}/tests/collections_beside"


def names(ending):
    """The folder's programs in this language."""
    paths = glob.glob(f"{FOLDER}/*.{ending}")
    return sorted(os.path.basename(path).removesuffix(f".{ending}") for path in paths)


@pytest.mark.parametrize("name", names("cpp"))
def test_beside_cpp(compiler, name):
    print(run_well([build_folder(compiler, "tests/collections_beside", name)]))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in names("rs") if name != "beside"])
def test_beside_rust(any_compiler, name, tmp_path):
    """Rust does what C++ has done, and is compared with what came out there."""
    log, program = str(tmp_path / "log"), str(tmp_path / name)
    print(run_well([build_folder(any_compiler, "tests/collections_beside", name)], LOG=log))
    run_well(["rustc", "-O", f"{FOLDER}/{name}.rs", "-o", program])
    with open(log, encoding="utf-8") as steps:
        ended = subprocess.run([program], stdin=steps, capture_output=True, text=True, check=False)
    expect(ended.returncode == 0, "Rust differs", ended.stderr)
    expect(re.fullmatch(r"30\d\d\d steps\n", ended.stdout), "it did not do all steps", ended.stdout)


# What differs is found, and told so that it can be repeated.
DIFFERENT = """
#include "beside.hpp"
struct pair {
    int ours = 0, theirs = 0;
    std::vector<int> our_values() const { return {ours}; }
    std::vector<int> their_values() const { return {theirs}; }
};
const beside::operation<pair> operations[] = {
    {"add", 1, [](pair &both, beside::choices &choose) {
         int value = choose.value();
         both.ours = value;
         both.theirs = WHAT;
     }},
};
int main() { return beside::run(operations); }
"""
MISTAKES = {
    "contents": ("value == 42 ? 0 : value", "ours holds 42\ntheirs     0\n"),
    "items": ("(value == 42 && beside::our_live++, value)",
              "of ours 1 items are alive, of theirs 0\n"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_difference_is_told(compiler, mistake, tmp_path):
    what, message = MISTAKES[mistake]
    source, program = tmp_path / "different.cpp", str(tmp_path / "different")
    source.write_text(DIFFERENT.replace("WHAT", what))
    run_well([compiler, "-x", "c++", "-std=gnu++20", f"-I{FOLDER}", f"-I{ROOT}/support",
              f"-I{ROOT}/base/include", f"-I{ROOT}/alloc/include", str(source), "-lstdc++", "-o", program])
    first = run_program([program])
    expect(first.status == 1 and re.search(r"\n  add 42\n$", first.output),
           "it went unseen, or the last operation is not told", first.output)
    again = run_program([program], SEED=re.match(r"SEED=(\d+)\n", first.output)[1])
    expect(again.output == first.output, "the same seed did something else", again.output)
    expect(message in again.output, "the difference is not told", again.output)

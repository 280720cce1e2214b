# SPDX-License-Identifier: MIT
"""cairn.h and cairn.c alone make a program, in each language, with a C library and without."""

import os
import re

import pytest

from harness.installation import copy_of_the_sources
from harness.tests import ROOT, build_folder, expect, run_program
from test_languages import STRICT, language

pytestmark = pytest.mark.both_compilers

STANDARDS = ["c17", "c2x", "c++20"]
PROGRAM = f"{ROOT}/tests/single_file/program.c"
START = f"{ROOT}/tests/single_file/start.c"
FREESTANDING = ["-ffreestanding", "-nostdinc"]


def run(*words):
    ended = run_program([str(word) for word in words])
    expect(ended.status == 0, f"{words[0]} ended with {ended.status}", ended.output)
    return ended.output


def own_headers(compiler):
    """The folder of the headers that the compiler itself brings."""
    return ["-isystem", run(compiler, "-print-file-name=include").strip()]


class Build:
    """Compiles cairn.c and other sources in one way, and links what comes of it."""

    def __init__(self, compiler, folder, *options):
        self.compiler = compiler
        self.folder = folder
        self.options = options
        self.files = os.path.join(build_folder(compiler), "single-file")

    def compile(self, source, standard, *options):
        output = self.folder / f"{len(list(self.folder.iterdir()))}.o"
        optimised = "-O1" if standard == "c17" else "-O0"  # in one language, for it takes a while
        run(self.compiler, *language(standard), *STRICT, optimised, *self.options, *options,
            f"-I{self.files}", "-c", source, "-o", output)
        return output

    def library(self, standard, *options):
        return self.compile(f"{self.files}/cairn.c", standard, *options)

    def link(self, *words):
        program = self.folder / "program"
        run(self.compiler, *words, "-o", program)
        return program


def freestanding(compiler, folder):
    return Build(compiler, folder, *FREESTANDING, *own_headers(compiler))


@pytest.mark.parametrize("standard", STANDARDS)
def test_program_with_a_c_library(compiler, standard, tmp_path):
    build = Build(compiler, tmp_path)
    run(build.link(build.library(standard), build.compile(PROGRAM, standard)))


@pytest.mark.parametrize("standard", STANDARDS)
def test_program_without_a_c_library(compiler, standard, tmp_path):
    build = freestanding(compiler, tmp_path)
    run(build.link("-nostdlib", "-static", build.library(standard),
                   build.compile(PROGRAM, standard), build.compile(START, "c17")))


def test_string_functions_of_the_host_come_first(compiler, tmp_path):
    build = freestanding(compiler, tmp_path)
    rest = [build.compile(PROGRAM, "c17"), build.compile(START, "c17")]
    of_host = build.compile(f"{ROOT}/base/freestanding/memory.c", "c17", f"-I{ROOT}/base/include")
    run(build.link("-nostdlib", "-static", build.library("c17", "-O0"), of_host, *rest))

    without = build.library("c17", "-O0", "-DCAIRN_NO_STRING_FUNCTIONS")
    run(build.link("-nostdlib", "-static", without, of_host, *rest))
    ended = run_program([compiler, "-nostdlib", "-static", str(without), *map(str, rest), "-o",
                         str(tmp_path / "program")])
    expect(ended.status != 0 and "memcpy" in ended.output,
           "memcpy is there, though CAIRN_NO_STRING_FUNCTIONS is defined", ended.output)


def test_only_fallible_forms_need_no_handler(compiler, tmp_path):
    def symbols(*options):
        build = freestanding(compiler, tmp_path)
        options = ["-ffunction-sections", *options]
        program = build.link("-nostdlib", "-static", "-Wl,--gc-sections",
                             build.library("c17", *options), build.compile(START, "c17"),
                             build.compile(f"{ROOT}/tests/single_file/only_fallible.c", "c17", *options))
        run(program)
        return run("nm", program)

    handler = "cairn_handle_allocation_error"
    expect(handler in symbols(), f"{handler} is not looked for by its name")
    expect(handler not in symbols("-DCAIRN_ONLY_FALLIBLE"), f"the program could call {handler}")


def test_missing_global_allocator_is_named(compiler, tmp_path):
    source = tmp_path / "program.c"
    source.write_text('#include "cairn.h"\nint main(void)\n{\n'
                      "    return cairn_malloc(1) != 0;\n}\n")
    build = Build(compiler, tmp_path)
    program = build.link(build.library("c17"), build.compile(source, "c17"))
    ended = run_program([str(program)])
    expect(ended.status != 0 and "no global memory allocator found" in ended.output,
           "it does not say what is missing", ended.output)


def symbols_of(path):
    return set(re.findall(r" [A-Z] (\w+)$", run("nm", "--defined-only", path), re.MULTILINE))


def test_names_are_those_of_c(compiler, tmp_path):
    """Whether the library is compiled as C or as C++: headers that forget extern "C" are found."""
    build = Build(compiler, tmp_path)
    with open(f"{build.files}/cairn.h", encoding="utf-8") as file:
        declared = set(re.findall(r"\bcairn_\w+", file.read()))
    in_c, in_cxx = (symbols_of(build.library(standard, "-O0")) for standard in ("c17", "c++20"))
    expect(len(in_c & declared) > 100, f"only {len(in_c & declared)} public names are found")
    missing = sorted((in_c & declared) - in_cxx)
    expect(not missing, f"C++ calls these otherwise: {missing}")


@pytest.mark.slow
def test_release_has_the_sources_and_the_two_files(any_compiler, tmp_path):
    sources = copy_of_the_sources(tmp_path / "sources")
    git = ["git", "-C", sources, "-c", "user.name=test", "-c", "user.email=test@localhost"]
    run(*git, "init", "-q")
    run(*git, "add", "-A")
    run(*git, "commit", "-q", "-m", "release")
    run("make", "--silent", "-C", sources, f"CC={any_compiler}", f"BUILD={tmp_path}/build", "release")
    release = tmp_path / "build" / os.path.basename(any_compiler) / "release"
    archive, *rest = sorted(os.listdir(release), key=lambda name: not name.endswith(".tar.gz"))
    expect(rest == ["cairn.c", "cairn.h"], f"the release is {archive}, {rest}")
    files = run("tar", "-tzf", release / archive).splitlines()
    folder = archive.removesuffix(".tar.gz")
    expect(f"{folder}/Makefile" in files and f"{folder}/LICENSE" in files, "sources are missing")

# SPDX-License-Identifier: MIT
"""CMake and Meson find the library that make installed, and build it as a part of a project."""

import glob
import json
import os
import shutil

import pytest

from harness.installation import PROGRAMS, installed
from harness.tests import ROOT, build_folder, expect, run_well

SAYS = "1000 numbers, the last is 999\n"


def check_programs(folder, *names, **environment):
    for name in names:
        said = run_well([str(folder / name)], **environment)
        expect(said == SAYS, f"{name} said something else", said)


def make_s_sources(compiler):
    """The objects of make's static library, by their sources' names."""
    members = run_well(["ar", "t", build_folder(compiler, "libcairn.a")]).split()
    return sorted(member.removesuffix(".o") + ".c" for member in members)


# ---- CMake ---------------------------------------------------------------------------------------


def cmake(compiler, folder, *options):
    run_well(["cmake", "-S", PROGRAMS, "-B", folder, f"-DCMAKE_C_COMPILER={compiler}",
              "-DCMAKE_C_FLAGS=-Wall -Wextra -Werror", *options])
    run_well(["cmake", "--build", folder, "--parallel"])


def test_cmake_finds_what_is_installed(any_compiler, tmp_path):
    root, _ = installed(any_compiler, tmp_path / "there")
    cmake(any_compiler, tmp_path / "build", f"-DCMAKE_PREFIX_PATH={root}")
    check_programs(tmp_path / "build", "own_heap", "own_heap_static")


def test_cmake_finds_it_in_folders_of_ones_own(any_compiler, tmp_path):
    """As Debian has them: libraries below another folder than the headers."""
    root, _ = installed(any_compiler, tmp_path / "there", LIBDIR="/opt/stones/lib/some-machine",
                        INCLUDEDIR="/opt/headers")
    cmake(any_compiler, tmp_path / "build", f"-Dcairn_DIR={root}/lib/some-machine/cmake/cairn")
    check_programs(tmp_path / "build", "own_heap")


@pytest.mark.parametrize("wanted, found", [("0.1", True), ("0.1.0", True), ("0.2", False), ("1", False)])
def test_cmake_gets_no_other_version(wanted, found, tmp_path):
    root, _ = installed("gcc", tmp_path / "there")
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.20)\nproject(x C)\n"
        f"find_package(cairn {wanted})\nmessage(STATUS found=${{cairn_FOUND}})\n")
    said = run_well(["cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={root}"])
    expect(("found=1" in said) == found, f"asked for {wanted}", said)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ON", "OFF"], ids=["shared", "static"])
def test_cmake_builds_it_as_a_part(any_compiler, kind, tmp_path):
    cmake(any_compiler, tmp_path, f"-DCAIRN={ROOT}", f"-DBUILD_SHARED_LIBS={kind}")
    check_programs(tmp_path, "own_heap", "own_heap_static", "own_host")
    members = run_well(["ar", "t", tmp_path / "cairn/libcairn.a"]).split()
    expect(sorted(name.removesuffix(".o") for name in members) == make_s_sources(any_compiler),
           "it is made of other sources", "\n".join(members))


@pytest.mark.slow
def test_cmake_builds_the_core_for_bare_metal(tmp_path):
    """Where there are no shared libraries, it does not speak of any."""
    said = run_well(["cmake", "-S", ROOT, "-B", tmp_path, "-DCMAKE_SYSTEM_NAME=Generic"])
    expect("Warning" not in said, "CMake complains", said)
    run_well(["cmake", "--build", tmp_path, "--parallel", "--target", "cairn_core"])


# ---- Meson ---------------------------------------------------------------------------------------


def meson(compiler, source, folder, *options, **environment):
    run_well(["meson", "setup", *options, "--werror", folder, source], CC=compiler, **environment)
    run_well(["meson", "compile", "-C", folder])


def test_meson_finds_what_is_installed(any_compiler, tmp_path):
    _, environment = installed(any_compiler, tmp_path / "there")
    meson(any_compiler, PROGRAMS, tmp_path / "build", **environment)
    check_programs(tmp_path / "build", "own_heap", **environment)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["shared", "static"])
def test_meson_builds_it_as_a_part(any_compiler, kind, tmp_path):
    source, build = tmp_path / "stones", tmp_path / "build"
    shutil.copytree(os.path.join(ROOT, PROGRAMS), source)
    (source / "subprojects").mkdir()
    (source / "subprojects/cairn").symlink_to(ROOT)
    meson(any_compiler, source, build, f"-Ddefault_library={kind}", PKG_CONFIG_LIBDIR=str(tmp_path))
    check_programs(build, "own_heap", "own_host")
    targets = json.loads(run_well(["meson", "introspect", "--targets", build]))
    sources = next(target["target_sources"][0]["sources"] for target in targets
                   if target["name"] == "cairn")
    of_the_shared = [os.path.basename(path) for path in glob.glob(f"{ROOT}/hosts/posix/shared/*.c")]
    expected = sorted(make_s_sources(any_compiler) + (of_the_shared if kind == "shared" else []))
    expect(sorted(map(os.path.basename, sources)) == expected, "it is made of other sources",
           "\n".join(sources))

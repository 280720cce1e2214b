# SPDX-License-Identifier: MIT
"""The Debian packages: built as a buildd does, clean to lintian, and what they hold works."""

import pytest

from harness.installation import copy_of_the_sources
from harness.tests import expect, run_program, run_well

PACKAGES = {"libcairn0", "libcairn-dev", "libcairn-malloc0", "cairn-tools"}


@pytest.fixture(name="built", scope="module")
def build_packages(tmp_path_factory):
    """The folder of the packages. The hosted tests, which a buildd runs, are tested elsewhere."""
    folder = tmp_path_factory.mktemp("debian")
    source = copy_of_the_sources(folder / "cairn")
    ended = run_program(["env", "-C", source, "dpkg-buildpackage", "-us", "-uc", "-b"], timeout=280,
                        DEB_BUILD_OPTIONS="nocheck", CAIRN_BUILD="")
    expect(ended.status == 0, "the packages are not built", ended.output)
    return folder


def packages(folder):
    """{name: path}, without those of debug symbols."""
    names = {path.name.split("_")[0]: path for path in folder.glob("*.deb")}
    return {name: path for name, path in names.items() if not name.endswith("-dbgsym")}


@pytest.mark.slow
@pytest.mark.xdist_group("debian")
def test_packages_are_clean_to_lintian(built):
    expect(packages(built).keys() == PACKAGES, f"there are {sorted(packages(built))}")
    [changes] = built.glob("*.changes")
    ended = run_program(["lintian", "--allow-root", "--fail-on", "error,warning", changes])
    expect(ended.status == 0, "lintian complains", ended.output)


@pytest.mark.slow
@pytest.mark.xdist_group("debian")
def test_what_packages_hold_works(built, tmp_path):
    for path in packages(built).values():
        run_well(["dpkg-deb", "-x", path, tmp_path])
    machine = run_well(["dpkg-architecture", "-qDEB_HOST_MULTIARCH"]).strip()
    trace = tmp_path / "ls.ctr"
    run_well([f"{tmp_path}/usr/bin/cairn-record", "-o", trace, "ls", "/"])
    rows = run_well([f"{tmp_path}/usr/bin/cairn-replay", "--csv", "--rounds", "1", "--subjects",
                     "cairn glibc", trace])
    expect("\ncairn," in rows and "\nglibc," in rows, "cairn-replay says otherwise", rows)
    run_well(["ls", "/"], LD_PRELOAD=f"{tmp_path}/usr/lib/{machine}/libcairn-malloc.so.0")
    flags = run_well(["pkg-config", "--cflags", "--libs", "cairn"],
                     PKG_CONFIG_SYSROOT_DIR=str(tmp_path),
                     PKG_CONFIG_LIBDIR=f"{tmp_path}/usr/lib/{machine}/pkgconfig").split()
    program = tmp_path / "program"
    run_well(["gcc", "tests/hosted/installed/own_heap.c", *flags, "-o", program])
    run_well([str(program)], LD_LIBRARY_PATH=f"{tmp_path}/usr/lib/{machine}")

# SPDX-License-Identifier: MIT
"""The sources and the library as packagers and users have them."""

import shutil

from .tests import ROOT, run_well

PROGRAMS = "tests/hosted/installed"  # programs of users


def copy_of_the_sources(folder):
    """As they come in an archive: without what was built, and without .git."""
    return shutil.copytree(ROOT, folder, symlinks=True,
                           ignore=shutil.ignore_patterns(".git", "build", "__pycache__", ".cache"))


def make_well(compiler, *words):
    return run_well(["make", "--silent", f"CC={compiler}", *words])


def installed(compiler, folder, prefix="/opt/stones", **folders):
    """Installs below the folder; gives the installation and the environment for pkg-config."""
    make_well(compiler, "install", f"DESTDIR={folder}", f"PREFIX={prefix}",
              *(f"{name}={path}" for name, path in folders.items()))
    return f"{folder}{prefix}", {
        "PKG_CONFIG_SYSROOT_DIR": str(folder),
        "PKG_CONFIG_LIBDIR": f"{folder}{prefix}/lib/pkgconfig",
        "LD_LIBRARY_PATH": f"{folder}{prefix}/lib",
    }

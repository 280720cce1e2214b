# SPDX-License-Identifier: MIT
"""Installing the library, as a package or a user does."""

from .tests import run_well

PROGRAMS = "tests/hosted/installed"  # programs of users


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

# SPDX-License-Identifier: MIT
"""Who is compared: the allocators that bench/measure knows, and peers for programs.

A peer is a library that takes the place of malloc (LD_PRELOAD) in the measuring program.
"""

import os
import subprocess
import sys

FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib")

# name: library, Debian package. A library without a folder is the system's.
PEERS = {
    "glibc": ("libc.so.6", "libc6"),
    "mimalloc": ("libmimalloc.so.2", "libmimalloc2.0"),
    "jemalloc": ("libjemalloc.so.2", "libjemalloc2"),
    "tcmalloc": ("libtcmalloc_minimal.so.4", "libtcmalloc-minimal4"),
    "tbbmalloc": ("libtbbmalloc_proxy.so.2", "libtbbmalloc2"),
}
IN_EVERY_PROGRAM = "glibc"
NULL, ARENA, PEER = "null", "arena", "peer"


class Subject:
    """`argument` is its name for bench/measure; `library` is a peer's, with its folder."""

    def __init__(self, name, kind, argument, library=None):
        self.name, self.kind, self.argument, self.library = name, kind, argument, library

    def environment(self):
        environment = dict(os.environ)
        environment.pop("LD_PRELOAD", None)
        if self.library and self.name != IN_EVERY_PROGRAM:
            environment["LD_PRELOAD"] = self.library
        return environment


def find_library(name, folders=FOLDERS):
    library, package = PEERS[name]
    for folder in folders:
        path = os.path.join(folder, library)
        if os.path.exists(path):
            return path
    sys.exit(f"{name} is not installed: {library} is missing. Install Debian's {package}, or leave "
             f"the peer out: SUBJECTS=\"...\"")


def all_names(measure):
    """Every subject's name and kind, ours first."""
    listed = subprocess.run([measure, "subjects"], capture_output=True, text=True, check=True)
    kinds = dict(line.split() for line in listed.stdout.splitlines())
    ours = {name: kind for name, kind in kinds.items() if kind in (NULL, ARENA)}
    return ours | {name: PEER for name in PEERS}


def choose(measure, wanted):
    """The subjects of these names, or all; `null` always, as the others are set beside it."""
    known = all_names(measure)
    for name in wanted:
        if name not in known:
            sys.exit(f"there is no subject {name}; there are: {' '.join(known)}")
    return [Subject(name, PEER, "malloc", find_library(name)) if kind == PEER else
            Subject(name, kind, name)
            for name, kind in known.items() if not wanted or name in wanted or kind == NULL]

# SPDX-License-Identifier: MIT
"""What is compared: the allocators that bench/measure knows, and peers for programs.

A peer is a library that takes the place of malloc (LD_PRELOAD) in the measuring program. It is found
by what it does there, for its version and folder differ from system to system: of the libraries of
its name that the dynamic linker knows, the newest from which malloc then comes.
"""

import fnmatch
import os
import re
import subprocess
import sys

# name: how its library is called, Debian's package
PEERS = {
    "glibc": ("libc.so.6", "libc6"),
    "mimalloc": ("libmimalloc.so.*", "libmimalloc-dev"),
    "jemalloc": ("libjemalloc.so.*", "libjemalloc2"),
    "tcmalloc": ("libtcmalloc_minimal.so.*", "libtcmalloc-minimal4"),
    "tbbmalloc": ("libtbbmalloc_proxy.so.*", "libtbbmalloc2"),
}
IN_EVERY_PROGRAM = "glibc"
NULL, ARENA, PEER = "null", "arena", "peer"

# These come last: in experience they take the most time, or serve the fewest programs.
LEAST_PROMISING = ("buddy", "tlsf", "fixed_size_block", "linked_list", "bump")


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

    def serves(self, origin):
        """Whether a malloc that came from there is this peer's."""
        return bool(origin) and os.path.realpath(origin) == os.path.realpath(self.library)


# ---- finding peers -------------------------------------------------------------------------------


def version(path):
    return [int(part) for part in re.findall(r"\d+", os.path.basename(path))]


def known_libraries():
    """What the dynamic linker knows: pairs of a name and a path."""
    try:
        listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return re.findall(r"^\s+(\S+) \(.*\) => (\S+)$", listed.stdout, re.MULTILINE)


def is_in_place(measure, peer):
    """Whether the peer, preloaded, takes the place of malloc."""
    ended = subprocess.run([measure, peer.argument, "pairs", "count=1"], capture_output=True,
                           text=True, check=False, env=peer.environment())
    origin = re.search(r"^origin (.*)$", ended.stdout, re.MULTILINE)
    return bool(origin) and peer.serves(origin[1])


def find_peer(measure, name, libraries):
    """The peer, or null if it is not installed."""
    paths = [path for known, path in libraries if fnmatch.fnmatch(known, PEERS[name][0])]
    peers = (Subject(name, PEER, "malloc", path) for path in sorted(paths, key=version, reverse=True))
    return next((peer for peer in peers if is_in_place(measure, peer)), None)


def what_is_missing(name):
    return f"{name} is not installed and was left out; Debian's package is {PEERS[name][1]}"


# ---- choosing ------------------------------------------------------------------------------------


def all_names(measure):
    """Every subject's name and kind, ours first."""
    listed = subprocess.run([measure, "subjects"], capture_output=True, text=True, check=True)
    kinds = dict(line.split() for line in listed.stdout.splitlines())
    ours = {name: kind for name, kind in kinds.items() if kind in (NULL, ARENA)}
    return ours | {name: PEER for name in PEERS}


def choose(measure, wanted, libraries=None):
    """The subjects of these names, or all, and the names of those that are missing.

    `null` is always there, as the others are set beside it.
    """
    known = all_names(measure)
    for name in wanted:
        if name not in known:
            sys.exit(f"there is no subject {name}; there are: {' '.join(known)}")
    libraries = known_libraries() if libraries is None else libraries
    chosen = {name: find_peer(measure, name, libraries) if kind == PEER else
              Subject(name, kind, name)
              for name, kind in known.items() if not wanted or name in wanted or kind == NULL}
    return ([subject for subject in chosen.values() if subject],
            [name for name, subject in chosen.items() if not subject])


def by_promise(chosen):
    """The same, those that are likely to be good first."""
    last = {name: place for place, name in enumerate(LEAST_PROMISING, 1)}
    return sorted(chosen, key=lambda subject: last.get(subject.name, 0))

# SPDX-License-Identifier: MIT
"""What tests are written with: failing with a reason, running programs, and where things lie."""

import atexit
import contextlib
import dataclasses
import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def build_folder(compiler, *path):
    """Where make has built for this compiler (make BUILD=DIR: elsewhere than in build/), or a file
    there."""
    return os.path.join(ROOT, os.environ.get("CAIRN_BUILD", "build"), os.path.basename(compiler),
                        *path)


@functools.cache
def preloadable(library):
    """The library by a name that LD_PRELOAD can hold: a space or a colon would end it."""
    if not re.search("[ :]", library):
        return library
    folder = tempfile.mkdtemp(prefix="cairn-")
    atexit.register(shutil.rmtree, folder)
    link = os.path.join(folder, os.path.basename(library))
    os.symlink(library, link)
    return link


def sources_in(folder):
    """The names of the folder's C files, without their ending."""
    return sorted(name.removesuffix(".c") for name in os.listdir(os.path.join(ROOT, folder))
                  if name.endswith(".c"))


def project_files(*endings):
    """The project's own files with these endings."""
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [name for name in sorted(subfolders)
                         if name != "build" and not name.startswith((".", "__"))]
        yield from (os.path.relpath(os.path.join(folder, name), ROOT)
                    for name in names if name.endswith(endings))


# What libcairn-malloc.so takes the place of.
MALLOC_FAMILY = {"malloc", "calloc", "realloc", "reallocarray", "free", "free_sized",
                 "free_aligned_sized", "posix_memalign", "aligned_alloc", "memalign", "valloc",
                 "pvalloc", "malloc_usable_size", "mallocx", "rallocx", "xallocx", "sallocx",
                 "dallocx", "sdallocx", "nallocx", "malloc_trim", "__libc_malloc",
                 "__libc_calloc", "__libc_realloc", "__libc_memalign", "__libc_valloc",
                 "__libc_pvalloc", "__libc_free"}


class Failure(Exception):
    """A test failed: why, in one sentence, and what it had printed."""

    def __init__(self, reason, output=""):
        super().__init__(reason, output)
        self.reason = reason
        self.output = output

    def __str__(self):
        return "\n".join([self.reason, *self.output.rstrip().splitlines()[-60:]])


def expect(condition, reason, output=""):
    __tracebackhide__ = True
    if not condition:
        raise Failure(reason, output)


# ---- programs ------------------------------------------------------------------------------------


@dataclasses.dataclass
class Ended:
    """How a program ended, and everything that it printed."""
    status: int
    output: str


def clean_environment(**changes):
    """The environment without what make tells its own children."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")}
    return environment | changes


@contextlib.contextmanager
def started(command, **options):
    """Starts a program in the project's folder. However this is left, it and its children end."""
    options = {"cwd": ROOT, "env": clean_environment(), "stdin": subprocess.DEVNULL} | options
    with subprocess.Popen(command, start_new_session=True, **options) as process:
        try:
            yield process
        finally:
            for number in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                    os.killpg(process.pid, number)
                    process.wait(5)


def run_program(command, timeout=120, **environment):
    """Runs a program in the project's folder, without input; gives its end and its output."""
    if not shutil.which(command[0]) and not os.access(os.path.join(ROOT, command[0]), os.X_OK):
        raise Failure(f"{command[0]} is missing: it was not built, or ./cairn did not install it")
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                 errors="replace", env=clean_environment(**environment)) as process:
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as expired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            raise Failure(f"it did not end within {timeout:g} seconds", output) from expired
    return Ended(process.returncode, output)


def describe_status(status):
    return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with {status}"


def run_well(command, **environment):
    """Runs a program that must end with 0; gives its output."""
    ended = run_program(command, **environment)
    expect(ended.status == 0, f"{command[0]} {describe_status(ended.status)}", ended.output)
    return ended.output


def make(compiler, *words, timeout=120, **environment):
    """Runs make on what the compiler built for the tests."""
    return run_program(["make", f"CC={compiler}", *words], timeout, **environment)

# SPDX-License-Identifier: MIT
"""libcairn-malloc.so in the place of malloc: first what malloc must do, then real programs.

A real program runs twice, without us and with us, and must do the same. That it does run on us is
taken from the dynamic linker: each name of the malloc family that it looked up, it found with us.
"""

import dataclasses
import glob
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

from harness.tests import (MALLOC_FAMILY, ROOT, Failure, build_folder, clean_environment, expect,
                           preloadable, run_program, run_well, started)

PROGRAMS = os.path.join(ROOT, "tests/hosted/programs")
PACKAGES = {"redis-server": "redis-server", "redis-benchmark": "redis-tools",
            "redis-cli": "redis-tools", "node": "nodejs"}


def library(compiler):
    return preloadable(build_folder(compiler, "libcairn-malloc.so"))


def program(compiler, name):
    return build_folder(compiler, "tests/hosted", name)


def need(*names):
    for name in names:
        expect(shutil.which(name), f"{name} is missing: install the package "
               f"{PACKAGES.get(name, name)}, or run ./cairn setup")


# ---- what malloc must do -------------------------------------------------------------------------


def test_semantics(compiler):
    """The same program passes on the C library's malloc, so it asks for nothing of its own."""
    path = program(compiler, "malloc_semantics")
    expected = "in main\nafter main\n"
    for malloc, environment in (("glibc", {}), ("cairn", {"LD_PRELOAD": library(compiler)})):
        said = run_well([path, malloc], **environment)
        expect(said == expected, f"on {malloc} it said something else", said)


def test_threads_and_forks(compiler):
    said = run_well([program(compiler, "malloc_threads")], LD_PRELOAD=library(compiler))
    expect("8 rounds of 4 threads and 4 forks" in said, "it did not end", said)


MISTAKES = {
    "free_twice": "double free",
    "free_inside": "16 bytes into the live block",
    "free_misaligned": "1 bytes into the live block",
    "free_stack": "not from this heap",
    "free_static": "not from this heap",
    "realloc_freed": "double free",
    "free_large_twice": "free of .*: double free",
    "free_large_inside": "free of .*: that is 16 bytes into the live block of 8388608 bytes",
    "free_large_page_inside": "free of .*: that is 4096 bytes into the live block of 8388608 bytes",
    "realloc_large_freed": "double free",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(compiler, name):
    ended = run_program([program(compiler, "malloc_mistakes"), name], LD_PRELOAD=library(compiler))
    expect(ended.status == -signal.SIGABRT and
           re.search(f"panicked at .*{MISTAKES[name]}", ended.output),
           f"it ended with {ended.status}", ended.output)


def test_faults(compiler):
    """Overflows, late writes, bit flips and wild frees: tests/reliability/support/faults.h."""
    run_well([program(compiler, "malloc_faults")], LD_PRELOAD=library(compiler))


def test_no_mistake(compiler):
    run_well([program(compiler, "malloc_mistakes"), "none"], LD_PRELOAD=library(compiler))


def test_little_address_space(compiler):
    """A process that may have little gets little, and an error where that ends."""
    script = ("import sys\ntry:\n    held = [bytearray(1 << 20) for _ in range(4096)]\n"
              "except MemoryError:\n    held = None\n    print('no memory')\n"
              "print(len(bytearray(50 << 20)))\n")
    said = run_well(["sh", "-c", 'ulimit -v 600000; exec python3 -c "$0"', script],
                    LD_PRELOAD=library(compiler))
    expect(said == f"no memory\n{50 << 20}\n", "it said something else", said)


def test_jemalloc_names_and_malloc_are_one_heap(compiler):
    """Programs that are linked with libjemalloc, as redis-server 8, call it by its own names, too."""
    said = run_well([program(compiler, "malloc_of_jemalloc")], LD_PRELOAD=library(compiler))
    expect(said == "all is right\n", "it said something else", said)


# ---- real programs -------------------------------------------------------------------------------


def check_bindings(folder, compiler):
    """The dynamic linker's notes: every process found the malloc family with us and nobody else.

    A program that takes the address of free may have it in itself: a stub, which jumps to ours.
    """
    found = set()
    for path in glob.glob(os.path.join(folder, "bindings.*")):
        with open(path, encoding="utf-8", errors="replace") as file:
            for target, name in re.findall(r" to (\S+) \[\d+\]: normal symbol `(\w+)'", file.read()):
                if name in MALLOC_FAMILY:
                    expect(target == library(compiler) or ".so" not in os.path.basename(target),
                           f"{name} was found in {target}")
                    found.add(name)
    expect({"malloc", "free"} <= found, f"of the malloc family it looked up {sorted(found)} only")


def on_us(folder, compiler):
    return {"LD_PRELOAD": library(compiler), "LD_DEBUG": "bindings",
            "LD_DEBUG_OUTPUT": os.path.join(folder, "bindings")}


def run_in_empty_folder(command, environment):
    with tempfile.TemporaryDirectory() as folder:
        ended = run_program(["sh", "-c", 'cd "$0" && exec "$@"', folder, *command], **environment)
    expect(ended.status == 0 and ended.output, f"it ended with {ended.status}", ended.output)
    return ended.output


# Compiles a source of ours and shows that the code is the same; then lets it run.
GCC_WORK = f"""
gcc -std=gnu17 -O2 -g -fdebug-prefix-map=$PWD=. -S "-I{ROOT}/base/include" "{ROOT}/base/format.c" -o out.s
sha256sum < out.s
gcc -O2 -flto=2 "{ROOT}/tests/hosted/recorded.c" -o out
./out && echo it runs
"""

@dataclasses.dataclass(frozen=True)
class Work:
    """A program, and a command that lets it work."""
    program: str
    command: tuple
    environment: dict = dataclasses.field(default_factory=dict)


REAL_PROGRAMS = {
    "python3": Work("python3", ("python3", f"{PROGRAMS}/work.py"), {"PYTHONMALLOC": "malloc"}),
    "python3_own_pools": Work("python3", ("python3", f"{PROGRAMS}/work.py")),
    "gcc": Work("gcc", ("sh", "-ec", GCC_WORK)),
    "git": Work("git", ("sh", f"{PROGRAMS}/work_git.sh")),
    "sqlite3": Work("sqlite3", ("sqlite3", "stones.db", f".read '{PROGRAMS}/work.sql'")),
    "perl": Work("perl", ("perl", f"{PROGRAMS}/work.pl")),
    "node": Work("node", ("node", f"{PROGRAMS}/work.js")),
}


@pytest.mark.parametrize("name", REAL_PROGRAMS)
def test_real_program(compiler, name, tmp_path):
    work = REAL_PROGRAMS[name]
    need(work.program)
    without_us = run_in_empty_folder(work.command, work.environment)
    said = run_in_empty_folder(work.command, work.environment | on_us(tmp_path, compiler))
    check_bindings(tmp_path, compiler)
    expect(said == without_us, "it said something else than without us",
           f"{without_us}---- on us:\n{said}")


# ---- redis ---------------------------------------------------------------------------------------


class Redis:
    """A redis-server, and its command line on a socket in a folder of its own and on no port."""

    def __init__(self, folder, environment):
        self.socket, self.log = str(folder / "socket"), folder / "log"
        self.environment = environment
        command = ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", str(folder),
                   "--save", "", "--logfile", str(self.log), "--enable-debug-command", "yes"]
        self.start = started(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
                             env=clean_environment(**environment))

    def __enter__(self):
        self.process = self.start.__enter__()
        return self

    def __exit__(self, *error):
        return self.start.__exit__(*error)

    def ask(self, *words):
        return run_well(["redis-cli", "-s", self.socket, *words]).strip()

    def wait_for(self, what, *words):
        """Until the answer to the question holds a text."""
        for _ in range(300):
            ended = run_program(["redis-cli", "-s", self.socket, *words])
            if ended.status == 0 and what in ended.output:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise Failure(f"redis-server did not come to {what!r}", self.read_log())

    def read_log(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""


def test_redis(compiler, tmp_path):
    """A benchmark, a background save (which forks) while it is under load, and an orderly end."""
    need("redis-server", "redis-benchmark", "redis-cli")
    with Redis(tmp_path, on_us(tmp_path, compiler)) as redis:
        redis.wait_for("PONG", "ping")
        load = ["redis-benchmark", "-s", redis.socket, "-n", "10000", "-c", "20", "-r", "5000",
                "-d", "300", "-q", "-t", "set,get,lpush,sadd,hset,zadd,lrange_100"]
        said = run_well(load, **redis.environment)
        expect(said.count("requests per second") >= 7, "it measured something else", said)
        keys = redis.ask("dbsize")
        redis.ask("bgsave")
        run_well(load, **redis.environment)
        redis.wait_for("rdb_bgsave_in_progress:0", "info", "persistence")
        expect("rdb_last_bgsave_status:ok" in redis.ask("info", "persistence"),
               "the background save failed", redis.read_log())
        expect(int(keys) > 1000 and redis.ask("debug", "reload") == "OK" and
               int(redis.ask("dbsize")) >= int(keys), "keys are lost", redis.read_log())
        redis.ask("flushall")
        run_program(["redis-cli", "-s", redis.socket, "shutdown", "nosave"])
        status = redis.process.wait(30)
        expect(status == 0, f"redis-server ended with {status}", redis.read_log())
    check_bindings(tmp_path, compiler)

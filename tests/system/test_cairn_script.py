# SPDX-License-Identifier: MIT
"""./cairn, which installs what is missing; here the programs that it runs only say that it did."""

import os
import shutil
import tempfile

from harness.machine import check_order
from harness.tests import expect, run_program

FAKE_TOOLS = {
    "id": "echo ${FAKE_USER:-0}",
    "uname": "echo ${FAKE_MACHINE:-x86_64}",
    "apt-get": 'echo "apt-get $*"',
    "env": 'shift; echo "$*"',
    "sudo": 'echo "sudo $*"',
    "make": 'echo "make $*"',
}


def cairn(*words, without=(), **environment):
    """Runs ./cairn where no program is there but a shell's and the fake ones above."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("sh", "dirname", "sort", "tr"):
            os.symlink(shutil.which(name), os.path.join(folder, name))
        for name in FAKE_TOOLS.keys() - set(without):
            with open(os.path.join(folder, name), "w", encoding="ascii") as tool:
                tool.write(f"#!/bin/sh\n{FAKE_TOOLS[name]}\n")
            os.chmod(tool.name, 0o755)
        return run_program(["./cairn", *words], PATH=folder, **environment)


def test_cairn_installs_what_is_missing():
    ended = cairn("run")
    check_order(ended.output, ["cairn: installing", "python3 qemu-system-x86", "apt-get update",
                               "apt-get install*--no-install-recommends*qemu-system-x86",
                               "make run"])
    expect("clang" not in ended.output, "make run needs no clang", ended.output)
    check_order(cairn("run", "BOOT=uefi").output, ["apt-get install*mtools*xorriso", "make run"])
    check_order(cairn("test").output, ["apt-get install*clang*gdb*llvm*mtools", "make test"])
    check_order(cairn("run", without=["make"]).output, ["apt-get install*make"])


def test_cairn_asks_sudo_for_help():
    check_order(cairn("run", FAKE_USER="1000").output,
                ["sudo apt-get update", "sudo env DEBIAN_FRONTEND=noninteractive apt-get install"])
    ended = cairn("run", without=["sudo"], FAKE_USER="1000")
    expect(ended.status != 0, "it went on", ended.output)
    check_order(ended.output, ["must be root, and there is no sudo", "apt-get install"])


def test_cairn_names_what_it_cannot_install():
    ended = cairn("run", without=["apt-get"])
    expect(ended.status != 0, "it went on", ended.output)
    check_order(ended.output, ["missing here: what Debian calls*qemu-system-x86"])
    ended = cairn("run", FAKE_MACHINE="aarch64")
    expect(ended.status != 0 and "this machine is aarch64" in ended.output, "it went on",
           ended.output)


def test_cairn_installs_nothing_where_all_is_there():
    ended = run_program(["./cairn", "help"])
    expect(ended.status == 0 and "usage: make TARGET" in ended.output.splitlines()[0],
           "it did something besides make help", ended.output)

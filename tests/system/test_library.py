# SPDX-License-Identifier: MIT
"""The library as programs get it: what it shows, installing it, and building against it."""

import os
import re

import pytest

from harness.installation import PROGRAMS, installed, make_well
from harness.tests import MALLOC_FAMILY, ROOT, build_folder, expect, run_program, run_well

REGISTRATION = "no_global_memory_allocator_found_but_one_is_required__add_CAIRN_GLOBAL_ALLOCATOR"


# ---- what the files show -------------------------------------------------------------------------


def visible_symbols(library):
    lines = run_well(["nm", "-D", "--defined-only", library]).splitlines()
    return {line.split()[-1].split("@")[0] for line in lines}


def test_library_symbols(compiler):
    symbols = visible_symbols(build_folder(compiler, "libcairn.so"))
    strangers = {name for name in symbols if not name.startswith("cairn_")} - {REGISTRATION}
    expect(not strangers, f"it shows {sorted(strangers)}")
    expect({"cairn_malloc", "cairn_linked_list_init", REGISTRATION} <= symbols, "names are missing",
           "\n".join(sorted(symbols)))


def test_malloc_symbols(compiler):
    symbols = visible_symbols(build_folder(compiler, "libcairn-malloc.so"))
    expect(symbols == MALLOC_FAMILY, f"it shows {sorted(symbols)}")


def test_headers_of_shared_objects(compiler):
    """The shared objects' names, their needs, and thread-locals that need no malloc."""
    dynamic = run_well(["readelf", "-dW", build_folder(compiler, "libcairn.so")])
    expect("soname: [libcairn.so.0]" in dynamic, "it has another soname", dynamic)
    for name in ("libcairn.so", "libcairn-malloc.so"):
        path = build_folder(compiler, f"{name}")
        dynamic, relocations = (run_well(["readelf", option, path]) for option in ("-dW", "-rW"))
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
        expect(set(needed) <= {"libc.so.6"}, f"{name} needs {needed}", dynamic)
        expect("DTPMOD" not in relocations and "TLSDESC" not in relocations,
               f"{name} has a thread-local that is found by __tls_get_addr()", relocations)


# ---- installing ----------------------------------------------------------------------------------


def build_program(program, compiler, folder, environment, *options):
    """Builds it as its user would: with what pkg-config says, and all warnings; gives its path."""
    words = run_well(["pkg-config", "--cflags", "--libs", "cairn"], **environment).split()
    output = os.path.join(folder, program)
    command = [compiler, "-std=gnu17", "-Wall", "-Wextra", "-Werror",
               f"{PROGRAMS}/{program}.c", *words, *options, "-o", output]
    return output, run_program(command, **environment)


@pytest.mark.parametrize("program, options", [
    ("own_heap", ()), ("own_heap", ("-static",)), ("given_heap", ()),
], ids=["shared", "static", "with_the_given_heap"])
def test_program(compiler, program, options, tmp_path):
    _, environment = installed(compiler, tmp_path)
    output, built = build_program(program, compiler, tmp_path, environment, *options)
    expect(built.status == 0, "it does not build", built.output)
    said = run_well([output], **environment)
    expect(said == "1000 numbers, the last is 999\n", "it said something else", said)


def test_program_without_global_allocator(compiler, tmp_path):
    _, environment = installed(compiler, tmp_path)
    _, built = build_program("given_heap", compiler, tmp_path, environment, "-static")
    expect(built.status != 0 and REGISTRATION in built.output,
           "it was linked without a global allocator", built.output)


def files_below(folder):
    return {os.path.relpath(os.path.join(where, name), folder)
            for where, _, names in os.walk(folder) for name in names}


def test_install_and_uninstall(compiler, tmp_path):
    """What lies where; that the tools work from there; and that nothing of it is left at the end."""
    root, _ = installed(compiler, tmp_path)
    files = files_below(root)
    expect({"lib/libcairn.a", "lib/libcairn.so", "lib/libcairn.so.0", "lib/libcairn-malloc.so",
            "lib/libcairn-malloc.so.0", "lib/cmake/cairn/cairnConfig.cmake",
            "lib/pkgconfig/cairn.pc", "lib/cairn/libcairn-record.so", "bin/cairn-record",
            "include/cairn/vec.t.h", "include/cairn/base/host.h"} <= files,
           "files are missing", "\n".join(sorted(files)))
    with open(f"{root}/lib/pkgconfig/cairn.pc", encoding="utf-8") as file:
        text = file.read()
    expect("prefix=/opt/stones\n" in text and "@" not in text, "cairn.pc is not filled in", text)
    run_well([f"{root}/bin/cairn-record", "-o", f"{tmp_path}/ls.ctr", "ls", "/"])
    run_well(["ls", "/"], LD_PRELOAD=f"{root}/lib/libcairn-malloc.so")
    rows = run_well([f"{root}/bin/cairn-replay", "--csv", "--rounds", "1", "--subjects",
                     "linked_list glibc", f"{tmp_path}/ls.ctr"])
    expect("\nlinked_list," in rows and "\nglibc," in rows, "cairn-replay says otherwise", rows)
    with open(f"{root}/lib/other.so", "w", encoding="utf-8"):
        pass
    make_well(compiler, "uninstall", f"DESTDIR={tmp_path}", "PREFIX=/opt/stones")
    expect(files_below(root) == {"lib/other.so"}, f"this is left: {files_below(root)}")


def test_preload_path(compiler):
    """The last line of `make preload` is the path."""
    for words in (["make", f"CC={compiler}", "preload"],
                  ["make", "-s", "-C", ROOT, f"CC={compiler}", "preload"]):
        last = run_well(words).splitlines()[-1]
        expect(last == build_folder(compiler, "libcairn-malloc.so") and
               os.path.exists(last), f"the last line is {last!r}")

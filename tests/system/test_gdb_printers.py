# SPDX-License-Identifier: MIT
"""What gdb shows of the collections, by tools/gdb.

Each tests/gdb/NAME.c makes some and calls look(). Its lines `// shows EXPRESSION: TEXT` are what gdb
must print there of expressions in main(); @ stands for any address.
"""

import re

import pytest

from harness.tests import ROOT, build_folder, expect, run_well, sources_in


def build(compiler, name, folder):
    program = str(folder / name)
    run_well([compiler, "-std=gnu17", "-O0", "-g", "-Wall", "-Wno-unused-but-set-variable",
              f"-I{ROOT}/base/include", f"-I{ROOT}/alloc/include", f"-I{ROOT}/hosts/posix", f"tests/gdb/{name}.c",
              "tests/gdb/support/look.c", "hosts/posix/shared/global.c",
              build_folder(compiler, "libcairn.a"), "-pthread", "-o", program])
    return program


@pytest.mark.parametrize("name", sources_in("tests/gdb"))
def test_gdb_shows(compiler, name, tmp_path):
    with open(f"{ROOT}/tests/gdb/{name}.c", encoding="utf-8") as file:
        shown = re.findall(r"^// shows (.*?): (.*)$", file.read(), re.MULTILINE)
    expect(shown, "it has no line '// shows EXPRESSION: TEXT'")
    commands = ["set width 0", "source tools/gdb/cairn.py", "break look", "run",
                "frame function main", *(f"print {expression}" for expression, _ in shown)]
    output = run_well(["gdb", "-nx", "-batch", *(word for command in commands
                                                 for word in ("-ex", command)),
                       build(compiler, name, tmp_path)])
    printed = [re.sub(r"0x[0-9a-f]+( <.*?>)?", "@", text)
               for text in re.findall(r"^\$\d+ = (.*)$", output, re.MULTILINE)]
    expect(printed == [text for _, text in shown], "gdb shows something else", output)

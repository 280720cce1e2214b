# SPDX-License-Identifier: MIT
"""What must not be built is not built, and the message says why.

Each tests/compile_fail/NAME.c holds one mistake. Compiled as it is, it must fail with a message
that matches the regular expression in its line `// expect: ...`. Compiled with -DCORRECT it must
succeed: so it fails for its mistake, and for nothing else. `// expect alone: ...` is for a message
that no other error may follow. A file with a line `// link` is linked too, with all of Cairn and
with the sources that the line names, and the message is the linker's.
"""

import re

import pytest

from harness.tests import Failure, build_folder, expect, run_program, sources_in

pytestmark = pytest.mark.both_compilers

FOLDER = "tests/compile_fail"

# The warnings that users have, not all of those that Cairn itself is built with.
FLAGS = ["-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-Ibase/include", "-Ialloc/include"]


def read_expectation(path):
    """The expected message, whether it must be alone, and the sources to link, or None."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    message = re.search("^// expect( alone)?: (.*)$", source, re.MULTILINE)
    link = re.search("^// link(.*)$", source, re.MULTILINE)
    if not message:
        raise Failure(f"{path} has no line '// expect: ...'")
    return message[2], bool(message[1]), link[1].split() if link else None


def build(compiler, path, linked, output, *options):
    command = [compiler, *FLAGS, *options, path, "-o", str(output)]
    command += ["-c"] if linked is None else [*linked, build_folder(compiler, "libcairn.a"),
                                              "-pthread"]
    return run_program(command, LC_ALL="C")  # messages in English, and their quotes plain


@pytest.mark.parametrize("name", sources_in(FOLDER))
def test_compile_fail(compiler, name, tmp_path):
    path = f"{FOLDER}/{name}.c"
    message, is_alone, linked = read_expectation(path)
    correct = build(compiler, path, linked, tmp_path / "out", "-DCORRECT")
    expect(correct.status == 0, "it does not build without its mistake", correct.output)
    wrong = build(compiler, path, linked, tmp_path / "out")
    expect(wrong.status != 0, "it builds", wrong.output)
    expect(re.search(message, wrong.output), f"no message matches: {message}", wrong.output)
    expect(not is_alone or wrong.output.count("error:") == 1, "there is more than one error",
           wrong.output)

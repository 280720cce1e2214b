# SPDX-License-Identifier: MIT
"""UTF-8 and UTF-16 beside Python's codecs: every character, and every input of a few bytes."""

import itertools
import sys

import pytest

from harness.tests import ROOT, run_well

# Where anything changes: table 3-7 of the Unicode Standard.
EDGES = bytes.fromhex("00 41 7f 80 8f 90 9f a0 bf c0 c1 c2 df e0 e1 ec ed ee ef f0 f1 f3 f4 f5 ff")
ALL = bytes(range(256))


@pytest.fixture(name="compare")
def comparing_program(compiler, tmp_path):
    program = str(tmp_path / "compare")
    run_well([compiler, "-O2", f"-I{ROOT}/base/include", f"{ROOT}/tests/unicode/compare.c",
              f"{ROOT}/base/unicode.c", "-o", program])
    return program


def verdict_on(text):
    """255 if it is UTF-8; else how much is valid, times 16, and how much is to be passed over."""
    try:
        text.decode("utf-8")
        return 255
    except UnicodeDecodeError as error:
        cut_off = error.reason == "unexpected end of data"
        return error.start * 16 + (0 if cut_off else error.end - error.start)


def compare_inputs(compare, path, alphabet, length):
    inputs = itertools.product(alphabet, repeat=length)
    path.write_bytes(bytes(verdict_on(bytes(each)) for each in inputs))
    run_well([compare, "inputs", alphabet.hex(), str(length), str(path)], timeout=300)


@pytest.mark.parametrize("length", [0, 1, 2])
def test_every_input(compare, tmp_path, length):
    compare_inputs(compare, tmp_path / "verdicts", ALL, length)


@pytest.mark.parametrize("length", [3, 4])
def test_edges(compare, tmp_path, length):
    compare_inputs(compare, tmp_path / "verdicts", EDGES, length)


@pytest.mark.slow
def test_every_input_of_three_bytes(compare, tmp_path):
    compare_inputs(compare, tmp_path / "verdicts", ALL, 3)


@pytest.mark.slow
def test_edges_of_five_bytes(compare, tmp_path):
    compare_inputs(compare, tmp_path / "verdicts", EDGES, 5)


def test_every_character(compare, tmp_path):
    """Python's isspace() counts four separators of data in, which Unicode's White_Space does not."""
    text = "".join(map(chr, itertools.chain(range(0xd800), range(0xe000, 0x110000))))
    order = "le" if sys.byteorder == "little" else "be"
    contents = {
        "utf8": text.encode("utf-8"),
        "utf32": text.encode(f"utf-32-{order}"),
        "utf16": text.encode(f"utf-16-{order}"),
        "spaces": bytes(each.isspace() and each not in "\x1c\x1d\x1e\x1f" for each in text),
    }
    for name, encoded in contents.items():
        (tmp_path / name).write_bytes(encoded)
    run_well([compare, "characters"] + [str(tmp_path / name) for name in contents])

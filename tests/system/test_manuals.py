# SPDX-License-Identifier: MIT
"""The manuals: well formed, and of the same options as the tools themselves tell."""

import glob
import os
import re

import pytest

from harness.tests import ROOT, build_folder, expect, make, run_well

PAGES = sorted(os.path.basename(path).removesuffix(".scd") for path in glob.glob(f"{ROOT}/docs/man/*"))
OPTION = re.compile(r"(?<![\w-])(--?[a-z][a-z-]*)")


@pytest.fixture(name="manuals", scope="module")
def build_manuals():
    ended = make("gcc", "manuals")
    expect(ended.status == 0, "make manuals failed", ended.output)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("manuals")
def test_page_is_well_formed(page):
    # Not of a line that cannot be filled out: a table's column is as wide as groff makes it.
    complaints = run_well(["groff", "-t", "-man", "-Tutf8", "-ww", "-W", "break", "-z",
                           build_folder("gcc", "man", page)])
    expect(not complaints, "groff complains", complaints)


@pytest.mark.parametrize("page, tool", [
    ("cairn-record.1", build_folder("gcc", "cairn-record")),
    ("cairn-replay.1", f"{ROOT}/tools/replay"),
])
@pytest.mark.usefixtures("manuals")
def test_page_has_the_options_of_the_tool(page, tool):
    shown = run_well(["groff", "-man", "-Tascii", "-P-c", build_folder("gcc", "man", page)])
    shown = re.sub(r".\x08", "", shown)
    options = re.search(r"\nOPTIONS\n(.*?)\n[A-Z]", shown, re.DOTALL)[1]
    # An option stands at the beginning of its line, 5 or 7 columns in, as groff is newer or older.
    told = set(re.findall(OPTION, " ".join(re.findall(r"^ {5,7}(-.*)", options, re.MULTILINE))))
    there = set(OPTION.findall(run_well([tool, "--help"])))
    expect(told == there, f"the page alone has {told - there}, the tool alone {there - told}", shown)

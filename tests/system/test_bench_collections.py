# SPDX-License-Identifier: MIT
"""make bench-collections: that it measures, counts, tells and keeps. No figure is judged here."""

import csv

import pytest

from harness.tests import expect, make, run_program


@pytest.mark.slow
def test_bench_collections(any_compiler, tmp_path):
    """In a folder of its own, with everything that this machine has."""
    ended = make(any_compiler, "bench-collections", f"BUILD={tmp_path}", "COLLECTIONS=vec",
                 "COUNTS=100 2000", "SIZES=8", "WORST=2000", "ROUNDS=2", timeout=280)
    expect(ended.status == 0, "it failed", ended.output)
    expect("cairn / best other" in ended.output, "there is no table", ended.output)
    with open(next(tmp_path.glob("*/bench/results/collections-vec.csv")), encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    subjects = {row["subject"] for row in rows}
    expect({"cairn", "libstdcxx"} <= subjects, f"it measured {subjects}", ended.output)
    expect({(row["items"], row["rounds"]) for row in rows if row["unit"] == "nanoseconds"} ==
           {("100", "2"), ("2000", "2")}, "figures are missing", ended.output)
    worst = {row["subject"]: float(row["median"]) for row in rows if row["unit"] == "instructions"}
    expect(worst.keys() == subjects, f"worst operations are of {list(worst)}", ended.output)
    expect(worst["libstdcxx"] > 1024, "std::vector moved 1024 items in fewer instructions",
           ended.output)
    pictures = list(tmp_path.glob("*/bench/pictures/collections-vec.svg"))
    expect(pictures and "push" in pictures[0].read_text(), "there is no picture", ended.output)


def test_an_unknown_collection_is_refused(tmp_path):
    (tmp_path / "bench/collections").mkdir(parents=True)
    (tmp_path / "bench/collections/cairn-vec-8").touch()
    ended = run_program(["bench/run_collections", f"--build={tmp_path}", f"--results={tmp_path}",
                         "--collections=list"])
    expect(ended.status == 1 and "there is no collection list; there are: vec" in ended.output,
           "it is not told", ended.output)

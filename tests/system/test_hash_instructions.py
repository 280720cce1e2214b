# SPDX-License-Identifier: MIT
"""The worst insertion into a hash map, in exact instructions, and the bound that its header states."""

import re

from harness.tests import ROOT, build_folder, expect, run_well


def stated_bound():
    with open(f"{ROOT}/alloc/include/cairn/hash_map.t.h", encoding="utf-8") as file:
        text = " ".join(file.read().replace("\n *", "\n").split())
    found = re.search(r"at 10\^6 entries .*? no insertion takes more than ([\d,]+) instructions", text)
    expect(found, "<cairn/hash_map.t.h> states no bound")
    return int(found[1].replace(",", ""))


def test_worst_insertion(compiler, tmp_path, note):
    program = str(tmp_path / "hash_insert")
    run_well([compiler, "-std=gnu17", "-O2", f"-I{ROOT}/base/include", f"-I{ROOT}/alloc/include",
              f"{ROOT}/tests/instructions/hash_insert.c", build_folder(compiler, "libcairn.a"),
              "-pthread", "-o", program])
    counted, most = map(int, run_well([program, "1000000"]).split())
    expect(counted >= 30, f"only {counted} insertions were counted")
    expect(500 < most <= stated_bound(), f"one insertion takes {most} instructions")
    note(f"of 10^6 insertions the worst takes {most} instructions")

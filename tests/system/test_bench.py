# SPDX-License-Identifier: MIT
"""The benchmarks' other half: what compares, tells and draws. No figure is judged here."""

import csv
import io
import os
import re
import shutil
import tempfile
import time

import pytest

import kernel_adversary
import kernel_instructions
import search_adversary
from comparison import catalogue, measuring, pictures, results, subjects
from comparison.catalogue import Column, Group, Run
from harness.tests import ROOT, build_folder, expect, make

def measure_of(compiler):
    return build_folder(compiler, "bench/measure")


# ---- peers ---------------------------------------------------------------------------------------


def message_of_exit(body):
    try:
        body()
    except SystemExit as ended:
        return str(ended.code)
    return ""


def test_a_missing_peer_is_named_and_stops_nothing(compiler):
    chosen, missing = subjects.choose(measure_of(compiler), ["cairn", "jemalloc"], libraries=[])
    expect([subject.name for subject in chosen] == ["null", "cairn"] and missing == ["jemalloc"],
           f"{[subject.name for subject in chosen]} {missing}")
    expect("Debian's package is libjemalloc2" in subjects.what_is_missing("jemalloc"),
           "the package is not named")


def test_a_peer_is_found_by_what_it_does(compiler, tmp_path):
    """Not by its version: of all the libraries of its name, the newest that serves."""
    served = build_folder(compiler, "libcairn-malloc.so")
    paths = [str(tmp_path / f"libmimalloc.so.{version}") for version in (2, 3, 10)]
    os.symlink("/no/such/library", paths[2])
    os.symlink(served, paths[1])
    shutil.copy(served, paths[0])
    known = [(os.path.basename(path), path) for path in paths] + [("libjemalloc.so.2", served)]
    peer = subjects.find_peer(measure_of(compiler), "mimalloc", known)
    expect(peer and peer.library == paths[1], f"it found {peer and peer.library}")


def test_a_library_that_is_no_malloc_is_no_peer(compiler):
    libm = [("libmimalloc.so.3", path) for name, path in subjects.known_libraries()
            if name == "libm.so.6"]
    expect(libm, "there is no libm, or the dynamic linker's list could not be read")
    expect(not subjects.find_peer(measure_of(compiler), "mimalloc", libm), "libm was taken for one")


def test_a_peer_that_did_not_serve_is_found(compiler):
    glibc = subjects.find_peer(measure_of(compiler), "glibc", subjects.known_libraries())
    library = glibc.library.replace("libc.so", "libm.so")
    impostor = subjects.Subject("impostor", subjects.PEER, "malloc", library)
    message = message_of_exit(lambda: measuring.run_once(
        measure_of(compiler), impostor, "pairs", {"count": 1000}, 60))
    expect(f"not from {library}" in message, "it went unseen that libm has no malloc", message)


def test_out_of_memory_is_told_from_failure(compiler):
    """It is a result, and the subject is not asked again."""
    linked_list = subjects.Subject("linked_list", subjects.ARENA, "linked_list")
    run, told = Run("pairs", heap=4096, size=8192), io.StringIO()
    session = measuring.Session(measure_of(compiler), 60)
    session.take_all(measuring.plan([linked_list], [run], 2), told)
    expect(session.samples.failures == {("linked_list", run): "memory"},
           f"{session.samples.failures}")
    expect(told.getvalue() == "round 1, pairs heap=4096 size=8192: linked_list\n",
           "the progress is not told", told.getvalue())


def test_when_the_time_is_up_the_rest_is_left(compiler):
    subject, run = subjects.Subject("cairn", subjects.ARENA, "cairn"), Run("pairs", count=1)
    steps = measuring.plan([subject], [run], 3)
    session = measuring.Session(measure_of(compiler), 60)
    expect(session.take_all(steps, io.StringIO(), until=time.monotonic()) == steps,
           "something was measured")
    expect(session.take_all(steps, io.StringIO(), until=time.monotonic() + 600) == [],
           "something is left")
    expect(len(session.samples.rounds("cairn", run, "nanoseconds")) == 3, "it was not measured")


# ---- how long it takes ---------------------------------------------------------------------------


def test_the_time_left_is_that_of_the_last_time_or_of_others():
    first, second, unknown = Run("pairs"), Run("batch"), Run("boxes")
    a, b = (subjects.Subject(name, subjects.ARENA, name) for name in "ab")
    pace = measuring.Pace()
    expect(pace.left([(0, first, a)]) is None, "it knows before anything was measured")
    pace.add("a", first, 100)
    pace.add("a", first, 2)
    pace.add("a", second, 4)
    expect(pace.left([(1, first, a), (1, second, a)]) == 6, "the same subjects take other times")
    expect(pace.left([(0, second, b)]) == 4, "b's time is not estimated by a's")
    expect(pace.left([(1, first, a), (1, second, a), (0, unknown, a)]) == 9,
           "a run that none has done is not estimated by the others")


# ---- comparing -----------------------------------------------------------------------------------

RUN = Run("pairs", rounds=None)
NAMES = ("null", "slow", "fast")
MEASURED = {"null": [1, 2, 3], "slow": [10, 40, 30], "fast": [5, 6, 12]}


def small_samples():
    samples = measuring.Samples()
    for name, values in MEASURED.items():
        for value in values:
            samples.add(name, RUN, {"nanoseconds": value})
    return samples


def small_table():
    kinds = (subjects.NULL, subjects.ARENA, subjects.PEER)
    chosen = [subjects.Subject(name, kind, name) for name, kind in zip(NAMES, kinds)]
    group = Group("small", "A table: ns", [Column("pairs", RUN, "nanoseconds")],
                  beside_null="above")
    return results.Table(group, chosen, small_samples())


def test_ratios_are_taken_round_by_round():
    table = small_table()
    slow, fast = (table.cells[name, "pairs"] for name in ("slow", "fast"))
    expect((slow.value, fast.value) == (30, 6), f"the medians are {slow.value}, {fast.value}")
    expect(slow.share_of_null == 10, f"the median of 10, 20 and 10 is {slow.share_of_null}")
    expect(fast.beside_null("above") == 4, f"the median of 4, 4 and 9 is {fast.above_null}")
    expect(table.best(table.group.columns[0]) == (6, "fast"), "the best peer is another")


def test_a_mostly_refused_workload_has_no_figure():
    samples = small_samples()
    for share in (0.5, 1.5, 2):
        samples.add("slow", RUN, {"refused_percent": share})
    cell = results.Cell(samples, subjects.Subject("slow", subjects.ARENA, "slow"),
                        Column("pairs", RUN, "nanoseconds", "refused_percent"))
    expect((cell.value, cell.why) == (None, "memory"), f"{cell.value} {cell.why}")


def test_subjects_take_turns():
    """A B, A B, ...; a run may want fewer rounds, and fewer subjects."""
    arenas = [subjects.Subject(name, subjects.ARENA, name) for name in "ab"]
    peer = subjects.Subject("p", subjects.PEER, "malloc")
    once = Run("heap_use", kinds=(subjects.ARENA,), rounds=1)
    order = [(number, run.workload, subject.name)
             for number, run, subject in measuring.plan([*arenas, peer], [RUN, once], 2)]
    expect(order == [(0, "pairs", "a"), (0, "pairs", "b"), (0, "pairs", "p"),
                     (0, "heap_use", "a"), (0, "heap_use", "b"),
                     (1, "pairs", "a"), (1, "pairs", "b"), (1, "pairs", "p")],
           f"the order is {order}")


def test_csv_and_picture_show_the_table():
    table = small_table()
    with tempfile.TemporaryDirectory(prefix="cairn-") as folder:
        results.write_csv(table, folder)
        picture = os.path.join(folder, "small.svg")
        pictures.check_gnuplot()
        pictures.draw(table, picture)
        with open(os.path.join(folder, "small.csv"), encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        with open(picture, encoding="utf-8") as file:
            drawn = file.read()
    expect([row["subject"] for row in rows] == list(NAMES), "a row is missing", str(rows))
    expect(rows[1] | {"median": "30", "lowest": "10", "highest": "40", "rounds": "3",
                      "beside_null": "10", "beside_best_other": "5"} == rows[1], "the row is another", str(rows[1]))
    expect(all(name in drawn for name in (*NAMES, "A table: ns")), "a name is missing", drawn)


def test_a_picture_can_have_panels():
    table = small_table()
    table.group.panels = True
    with tempfile.TemporaryDirectory(prefix="cairn-") as folder:
        picture = os.path.join(folder, "small.svg")
        pictures.draw(table, picture)
        with open(picture, encoding="utf-8") as file:
            drawn = file.read()
    expect(all(name in drawn for name in (*NAMES, "pairs", "30")), "a name or a figure is missing",
           drawn)


def table_of_names(*names, **options):
    samples = measuring.Samples()
    for name in names:
        samples.add(name, RUN, {"nanoseconds": 5})
    chosen = [subjects.Subject(name, subjects.ARENA, name) for name in names]
    group = Group("few", "A few: ns", [Column("the pairs 40%", RUN, "nanoseconds")], **options)
    return results.Table(group, chosen, samples)


def test_the_words_of_a_label_lie_below_each_other(tmp_path):
    picture = tmp_path / "few.svg"
    pictures.draw(table_of_names("a"), str(picture))
    drawn = picture.read_text()
    expect(all(f">{word}<" in drawn for word in ("the", "pairs", "40%")), "a word is missing", drawn)


def colour_in(table, name):
    line = next(line for line in pictures.script_of(table, "x.svg").splitlines()
                if line.startswith("plot "))
    return re.search(rf'linecolor rgb "(#\w+)" title "{name}"', line)[1]


def test_an_allocator_looks_the_same_in_all_pictures():
    few, many = table_of_names("cairn", "stranger"), table_of_names("bump", "tlsf", "cairn", "stranger")
    for name in ("cairn", "stranger"):
        expect(colour_in(few, name) == colour_in(many, name), f"{name} has two colours")


def test_every_allocator_has_a_look_of_its_own(compiler):
    names = list(subjects.all_names(measure_of(compiler)))
    looks = [pictures.look_of(name) for name in names]
    expect("malloc" not in names and len(set(looks)) == len(looks), f"{dict(zip(names, looks))}")
    expect(set(names) <= set(pictures.LOOKS), "give it a line in bench/comparison/pictures.py: "
           f"{set(names) - set(pictures.LOOKS)}")


def test_an_axis_begins_at_0_or_says_that_it_does_not():
    expect("set yrange [0:*]" in pictures.script_of(table_of_names("a"), "x.svg"), "it does not")
    expect(pictures.LOGARITHMIC in pictures.script_of(table_of_names("a", log=True), "x.svg"),
           "it does not say so")
    expect("set xrange [0:" in pictures.script_of(table_of_names("a", panels=True), "x.svg"),
           "the panels do not")


def test_what_is_kept_is_drawn_again(tmp_path):
    """From the CSV file the same picture comes as from what was measured."""
    samples = small_samples()
    samples.failures["slow", RUN] = "memory"
    table = small_table()
    table = results.Table(table.group, table.subjects, samples)
    results.write_csv(table, str(tmp_path))
    again = results.read_table(table.group, str(tmp_path))
    expect(pictures.script_of(again, "x.svg") == pictures.script_of(table, "x.svg"),
           "the pictures differ", pictures.script_of(again, "x.svg"))
    slow = again.cells["slow", "pairs"]
    expect((slow.value, slow.why) == (None, "memory"), f"{slow.value} {slow.why}")


def test_what_is_kept_can_be_drawn(any_compiler, tmp_path):
    """Of every group that is kept there is a picture, and README's shows who was measured."""
    ended = make(any_compiler, "pictures", f"BUILD={tmp_path}", f"RESULTS={ROOT}/bench/results")
    expect(ended.status == 0, "make pictures failed", ended.output)
    drawn = {path.stem for path in tmp_path.glob("*/bench/pictures/*.svg")}
    kept = {group.name for group in catalogue.groups(quick=False)
            if results.is_kept(group, f"{ROOT}/bench/results")}
    expect(len(kept) > 5 and kept < drawn, f"of {kept} these are drawn: {drawn}")
    with open(f"{ROOT}/bench/results/random.csv", encoding="utf-8") as file:
        measured = {row["subject"] for row in csv.DictReader(file) if row["rounds"] != "0"}
    with open(f"{ROOT}/docs/random-actions.svg", encoding="utf-8") as file:
        shown = set(re.findall(r">(\w+)</", file.read()))
    expect(measured <= shown, f"README's picture does not show {measured - shown}")


# ---- adversaries ---------------------------------------------------------------------------------


def search(compiler, seed):
    kernel = kernel_instructions.kernel_of(compiler, "adversary", "linked_list")
    return search_adversary.search(kernel, seed, 100, lambda done, worst: None)


@pytest.mark.slow
def test_a_search_finds_and_finds_again(compiler):
    """The first alloc of all costs a linked list some 70 instructions, one among holes thousands."""
    found = search(compiler, 1)
    expect(found["alloc"].most > 1000, f"the worst alloc found is {found['alloc']}")
    expect(search(compiler, 1) == found, "the same seed finds something else")
    expect(search(compiler, 2) != found, "another seed finds the same")


@pytest.mark.slow
def test_what_is_found_is_counted_again(compiler):
    """Also after other programs, and shortened."""
    found = search(compiler, 3)
    kernel = kernel_instructions.kernel_of(compiler, "adversary", "linked_list")
    with kernel_adversary.Counter(kernel) as counter:
        for operation, elite in sorted(found.items(), reverse=True):
            counted = counter.count(elite.program)[0][operation][1]
            expect(counted >= elite.most, f"{operation}: {elite.most}, but again {counted}")


def test_every_allocator_has_its_adversaries():
    kept = kernel_adversary.read_kept()
    for allocator in kernel_instructions.allocators():
        missing = {"alloc", "dealloc", "refused"} - {operation for name, operation in kept
                                                     if name == allocator}
        expect(not missing, f"bench/adversary/worst.txt has no {missing} of {allocator}: "
               f"run make bench-adversary SUBJECTS={allocator}, and copy what it finds there")

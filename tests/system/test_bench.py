# SPDX-License-Identifier: MIT
"""The benchmarks' other half: what compares, tells and draws. No figure is judged here."""

import csv
import io
import os
import struct
import tempfile

import pytest

import kernel_adversary
import kernel_instructions
import search_adversary
from comparison import measuring, pictures, results, subjects
from comparison.catalogue import Column, Group, Run
from harness.tests import build_folder, expect, run_program

ALLOC, ZEROED, REALLOC, DEALLOC = range(4)
RECORDS = [(ALLOC, 4, 0, slot, 100 + slot) for slot in range(200)] + \
          [(REALLOC, 0, 0, slot, 200 + slot) for slot in range(200)] + \
          [(DEALLOC, 0, 0, slot, 0) for slot in range(0, 200, 2)]


def measure_of(compiler):
    return build_folder(compiler, "bench/measure")


def write_trace(folder, records, slots=200):
    path = os.path.join(folder, "small.ctr")
    with open(path, "wb") as file:
        file.write(struct.pack("<4sIIII", b"CTRC", 1, len(records), slots, 1))
        file.writelines(struct.pack("<BBHII", *record) for record in records)
    return path


def stdout_of(*words):
    """What a program prints on standard output alone, and its status."""
    return run_program(["sh", "-c", '"$@" 2>/dev/null', "sh", *words])


# ---- make replay ---------------------------------------------------------------------------------


def test_replay_prints_exact_csv(compiler):
    with tempfile.TemporaryDirectory(prefix="cairn-") as folder:
        ended = stdout_of("make", "-s", f"CC={compiler}", "replay", "ARGS=--csv", "ROUNDS=1",
                          "SUBJECTS=linked_list bump glibc", f"FILE={write_trace(folder, RECORDS)}")
    expect(ended.status == 0, f"make replay ended with {ended.status}", ended.output)
    rows = [line.split(",") for line in ended.output.splitlines()]
    expect(rows[0] == ["allocator", "ns_per_op", "peak_bytes", "smallest_heap_bytes"],
           "the header is another", ended.output)
    figures = {name: [float(value) for value in values] for name, *values in rows[1:]}
    expect(list(figures) == ["bump", "linked_list", "glibc"], "the rows are others", ended.output)
    expect(all(values[0] > 0 and values[1] > 0 for values in figures.values()),
           "a time or a peak is missing", ended.output)
    in_use = sum(200 + slot for slot in range(200))
    expect(in_use <= figures["linked_list"][2] < 2 * in_use, "that is not the smallest heap",
           ended.output)
    expect(figures["linked_list"][2] < figures["bump"][2], "bump needs more than a linked list",
           ended.output)
    expect(figures["glibc"][2] == 0, "glibc has no heap to be made smaller", ended.output)


def test_replay_says_what_is_wrong(compiler):
    wrong = {"record 0: slot 200 is out of range": [(ALLOC, 4, 0, 200, 8)] * 200,
             "record 1: dealloc of slot 3, which is empty":
                 [(ALLOC, 4, 0, 1, 8)] + [(DEALLOC, 0, 0, 3, 0)] * 199}
    for message, records in wrong.items():
        with tempfile.TemporaryDirectory(prefix="cairn-") as folder:
            ended = run_program(["tools/replay", "--build", build_folder(compiler),
                                 write_trace(folder, records)])
        expect(ended.status == 1, f"tools/replay ended with {ended.status}", ended.output)
        expect(message in ended.output, f"it does not say: {message}", ended.output)


def replay_of(compiler, subject, records, slots=200):
    with tempfile.TemporaryDirectory(prefix="cairn-") as folder:
        return run_program(["tools/replay", "--build", build_folder(compiler), "--rounds", "1", "--csv",
                            "--subjects", subject, write_trace(folder, records, slots)])


def test_replay_takes_the_largest_blocks(compiler):
    """Blocks of 4 GiB, of which a program used but the ends, need no 4 GiB of memory here."""
    records = [(ALLOC, 4, 0, 0, 2 ** 32 - 1), (DEALLOC, 0, 0, 0, 0)] * 100
    ended = replay_of(compiler, "linked_list", records)
    row = ended.output.splitlines()[-1].split(",")
    expect(ended.status == 0 and row[0] == "linked_list", "it was not replayed", ended.output)
    expect(int(row[2]) < 2 ** 20 and int(row[3]) >= 2 ** 32 - 1, "the memory is another",
           ended.output)


def test_replay_says_what_the_machine_cannot_hold(compiler):
    """Blocks of 64 TiB in all."""
    records = [(ALLOC, 4, 0, slot, 2 ** 32 - 1) for slot in range(2 ** 14)]
    ended = replay_of(compiler, "linked_list", records, slots=len(records))
    expect(ended.status == 1 and "do not serve this trace" in ended.output,
           f"tools/replay ended with {ended.status}", ended.output)


def test_replay_says_which_allocator_failed(compiler):
    """A figure of 0 must not look like a very good one. A bump allocator runs out of memory."""
    records = [(ALLOC, 4, 0, 0, 2 ** 31), (DEALLOC, 0, 0, 0, 0)] * 100
    records[1:1] = [(ALLOC, 4, 0, 1, 1)]  # keeps it from beginning anew
    ended = replay_of(compiler, "bump", records)
    expect("cairn-replay: bump has no figures of trace_time file=small.ctr: memory" in ended.output,
           "it does not say so", ended.output)
    expect("bump,0.00,0,0" in ended.output, "its figures are others", ended.output)


def test_replay_does_not_wait_for_a_pipe(compiler):
    with tempfile.TemporaryDirectory(prefix="cairn-") as folder:
        pipe = os.path.join(folder, "pipe.ctr")
        os.mkfifo(pipe)
        ended = run_program(["timeout", "20", "tools/replay", "--build", build_folder(compiler), pipe])
    expect(ended.status == 1 and "is not a file" in ended.output,
           f"tools/replay ended with {ended.status}", ended.output)


# ---- peers ---------------------------------------------------------------------------------------


def message_of_exit(body):
    try:
        body()
    except SystemExit as ended:
        return str(ended.code)
    return ""


def test_a_missing_peer_is_named_with_its_package():
    message = message_of_exit(lambda: subjects.find_library("jemalloc", ("/nowhere",)))
    expect("Install Debian's libjemalloc2" in message, "the package is not named", message)


def test_a_peer_that_did_not_serve_is_found(compiler):
    library = subjects.find_library("glibc").replace("libc.so", "libm.so")
    impostor = subjects.Subject("impostor", subjects.PEER, "malloc", library)
    message = message_of_exit(lambda: measuring.run_once(
        measure_of(compiler), impostor, "pairs", {"count": 1000}, 60))
    expect(f"not from {library}" in message, "it went unseen that libm has no malloc", message)


def test_out_of_memory_is_told_from_failure(compiler):
    """It is a result, and the subject is not asked again."""
    linked_list = subjects.Subject("linked_list", subjects.ARENA, "linked_list")
    run, told = Run("pairs", heap=4096, size=8192), io.StringIO()
    steps = measuring.plan([linked_list], [run], 2)
    samples = measuring.measure_all(measure_of(compiler), steps, 60, told)
    expect(samples.failures == {("linked_list", run): "memory"}, f"{samples.failures}")
    expect("[1/2] round 1, pairs heap=4096 size=8192: linked_list" in told.getvalue(),
           "the progress is not told", told.getvalue())


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
    expect(all(name in drawn for name in (*NAMES, "pairs")), "a name is missing", drawn)


# ---- adversaries ---------------------------------------------------------------------------------


def search(compiler, seed):
    kernel = kernel_instructions.kernel_of(compiler, "adversary", "linked_list")
    return search_adversary.search(kernel, seed, 100, lambda done, worst: None)


def test_a_search_finds_and_finds_again(compiler):
    """The first alloc of all costs a linked list some 70 instructions, one among holes thousands."""
    found = search(compiler, 1)
    expect(found["alloc"].most > 1000, f"the worst alloc found is {found['alloc']}")
    expect(search(compiler, 1) == found, "the same seed finds something else")
    expect(search(compiler, 2) != found, "another seed finds the same")


def test_what_is_found_is_counted_again(compiler):
    """Also behind other programs, and shortened."""
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
               f"run make bench-adversary SUBJECTS={allocator}")

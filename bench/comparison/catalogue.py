# SPDX-License-Identifier: MIT
"""What is measured: the runs, and the groups of figures that become one table and one picture."""

import glob
import os

from .subjects import ARENA, NULL, PEER

MIB = 1 << 20
BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TRACES = os.path.join(BENCH, "traces")
ADVERSARIES = os.path.join(BENCH, "adversary/worst.txt")
QUICK_TRACES = ("kernel-sqlite", "user-sqlite")


class Run:
    """One call of bench/measure. `after`: the runs that a subject must not have failed before."""

    def __init__(self, workload, kinds=(NULL, ARENA, PEER), rounds=None, after=(), **options):
        self.workload, self.kinds, self.rounds, self.options = workload, kinds, rounds, options
        self.after = after

    def takes(self, subject):
        return subject.kind in self.kinds

    def __str__(self):
        shown = (f"{k}={os.path.basename(str(v))}" for k, v in self.options.items()
                 if k not in ("milliseconds", "count", "runs", "parts", "looks"))
        return " ".join([self.workload, *shown])


class Column:
    """One figure of a run. `rough`: the run that has it less exactly, and sooner."""

    def __init__(self, label, run, figure, refused=None, rough=None):
        self.label, self.run, self.figure, self.rough = label, run, figure, rough
        self.refused = refused  # the figure that says how much of the work was refused, percent


class Group:
    """What becomes a table. `beside_null`: how it is set beside null: "share", "above" or None;
    `panels`: the columns are of several units or sizes, and each is drawn by itself."""

    def __init__(self, name, title, columns, lower_is_better=True, beside_null=None, log=False,
                 panels=False):
        self.name, self.title, self.columns, self.panels = name, title, columns, panels
        self.lower_is_better, self.beside_null, self.log = lower_is_better, beside_null, log


def random_actions(quick, realloc):
    effort = {"count": 600000, "milliseconds": 80} if quick else \
             {"count": 10000000, "milliseconds": 500}
    columns = [Column(str(size), Run("random_actions", max=size, realloc=realloc, **effort),
                      "million_per_second", "refused_percent")
               for size in (200, 1000, 3000, 10000, 30000)]
    kind = "with realloc" if realloc else "without realloc"
    return Group("random-realloc" if realloc else "random",
                 f"Random actions {kind}, by the largest size: million a second", columns,
                 lower_is_better=False, beside_null="share")


def size_label(heap):
    return f"{heap // MIB}M" if heap >= MIB else f"{heap // 1024}K"


def fill(quick):
    effort = {"count": 200000, "milliseconds": 50} if quick else \
             {"count": 10000000, "milliseconds": 300}
    shapes = ((32 * 1024, 256, (40,)), (128 * 1024, 500, (20, 40, 60)), (MIB, 500, (20, 60)),
              (MIB, 5000, (40,)), (16 * MIB, 1000, (40, 60, 80)), (128 * MIB, 3000, (40, 60)))
    columns = [Column(f"{size_label(heap)}/{largest} {share}%",
                      Run("fill", kinds=(NULL, ARENA), heap=heap, max=largest, share=share,
                          **effort), "million_per_second", "refused_percent")
               for heap, largest, shares in shapes for share in shares]
    return Group("fill", "A heap held full, by heap, largest size and share: million a second",
                 columns, lower_is_better=False, beside_null="share")


def batches(quick):
    effort = {"count": 200000 if quick else 5000000, "milliseconds": 100 if quick else 500}
    columns = [Column(str(live), Run("batch", size=32, live=live, **effort), "nanoseconds")
               for live in (8, 64, 1000, 10000, 100000)]
    return Group("batches", "Blocks of 32 bytes allocated, then freed in random order, by how many: "
                 "nanoseconds a pair", columns, beside_null="above", log=True)


def heap_use(quick):
    shapes = ((128 * MIB, 10000, 20), (100 * 1024, 500, 4000), (MIB, 500, 800), (MIB, 5000, 4000))
    columns = []
    for heap, largest, runs in shapes:
        run = Run("heap_use", kinds=(ARENA,), rounds=1, heap=heap, max=largest,
                  runs=runs // 20 + 1 if quick else runs)
        columns.append(Column(f"{size_label(heap)}/{largest}", run, "percent"))
    return Group("heap-use", "Heap in use when the first request fails, by heap and largest size: %",
                 columns, lower_is_better=False)


def pairs(quick):
    effort = {"count": 500000 if quick else 10000000}
    batches = {"count": 200000 if quick else 4000000, "milliseconds": 100 if quick else 500}
    columns = [Column(f"LIFO {size}", Run("pairs", size=size, **effort),
                      "nanoseconds") for size in (64, 4096)]
    columns.append(Column("64 inlined", Run("pairs_inlined", **effort), "nanoseconds"))
    columns += [Column(f"batch {size}", Run("batch", size=size, **batches),
                       "nanoseconds") for size in (64, 1024, 4096)]
    columns.append(Column("boxes", Run("many_boxes", heap=100 * 1024, **effort), "nanoseconds"))
    return Group("pairs", "A pair of alloc and dealloc: nanoseconds", columns, beside_null="above",
                 log=True)


def worst_case(quick):
    effort = {"count": 200, "runs": 1, "milliseconds": 50} if quick else \
             {"count": 2000, "runs": 3, "milliseconds": 300}
    rounds = 1 if quick else 3
    runs = {name: Run("worst_case", scenario=number, rounds=rounds, **effort)
            for number, name in enumerate(("small", "class", "page"), 1)}
    effort = {"count": 30, "milliseconds": 50} if quick else {"count": 1000, "milliseconds": 1000}
    runs["adversary"] = Run("adversary", file=ADVERSARIES, rounds=rounds, **effort)
    columns = [Column(f"{name} {part}", run, figure) for name, run in runs.items()
               for part, figure in (("median", "median_cycles"), ("p99.9", "p999_cycles"),
                                    ("most", "largest_cycles"))]
    return Group("worst-case", "One alloc among many holes, and any operation of an adversary: "
                 "cycles", columns, log=True)


def threads(quick):
    effort = {"count": 500000 if quick else 5000000, "milliseconds": 100 if quick else 500}
    columns = [
        Column("random actions", Run("two_threads", max=1000, **effort), "million_per_second"),
        Column("producer to consumer", Run("producer_consumer", max=1000, **effort),
               "million_per_second")]
    return Group("threads", "Two threads: million a second by the clock on the wall", columns,
                 lower_is_better=False, beside_null="share", panels=True)


def trace_files(quick):
    files = sorted(glob.glob(os.path.join(TRACES, "*.ctr*")))
    return [file for file in files
            if not quick or os.path.basename(file).split(".")[0] in QUICK_TRACES]


def traces(quick):
    files = {os.path.basename(file).split(".")[0]: file for file in trace_files(quick)}
    effort = {"runs": 2, "heap": 32 * MIB if quick else 128 * MIB}
    time = [Column(name, Run("trace_time", file=file, **effort), "nanoseconds")
            for name, file in files.items()]
    memory = {name: Run("trace_memory", kinds=(ARENA, PEER), rounds=1, file=file)
              for name, file in files.items()}
    peak = [Column(name, run, "peak_bytes") for name, run in memory.items()]
    heap = [Column(name, run, "smallest_heap_bytes") for name, run in memory.items()]
    return [Group("traces", "Traces of real programs: nanoseconds a record", time,
                  beside_null="above", log=True),
            Group("traces-peak", "Memory that each trace needed at its peak: bytes", peak, panels=True),
            Group("traces-heap", "The smallest heap that each trace fits in: bytes", heap, panels=True)]


def groups(quick):
    return [random_actions(quick, 0), random_actions(quick, 1), fill(quick),
            heap_use(quick), pairs(quick), batches(quick), worst_case(quick), threads(quick), *traces(quick)]

# SPDX-License-Identifier: MIT
"""What came out: tables for people, CSV for programs."""

import csv
import os

from .measuring import Samples
from .subjects import ARENA, NULL, PEER, Subject

MIB = 1 << 20
OURS = ("cairn", "cairn_beside", "cairn_shared")
REFUSED_MAX = 1  # percent of the requests; above it, a rate is that of failing


class Cell:
    """One subject's figure in one column; `value` is null where there is none, and `why` tells."""

    def __init__(self, samples, subject, column):
        run = column.run
        if column.rough and not samples.rounds(subject.name, run, column.figure):
            run = column.rough
        self.rounds = samples.rounds(subject.name, run, column.figure)
        self.value = samples.median(subject.name, run, column.figure)
        self.why = samples.failures.get((subject.name, run), "")
        refused = column.refused and samples.median(subject.name, run, column.refused)
        if refused and refused > REFUSED_MAX:
            self.value, self.rounds, self.why = None, [], "memory"
        pair = (subject.name, "null", run, column.figure)
        self.share_of_null = samples.median_with(*pair, lambda mine, null: mine / null)
        self.above_null = samples.median_with(*pair, lambda mine, null: mine - null)

    def beside_null(self, how):
        if self.value is None or how is None:
            return None
        return self.share_of_null * 100 if how == "share" else self.above_null


class Table:
    """A group's figures, of the subjects that take part in it."""

    def __init__(self, group, subjects, samples):
        self.group = group
        self.cells = {(subject.name, column.label): Cell(samples, subject, column)
                      for subject in subjects for column in group.columns}
        self.subjects = [subject for subject in subjects
                         if any(self.cell(subject, column).value or self.cell(subject, column).why
                                for column in group.columns)]

    def cell(self, subject, column):
        return self.cells[subject.name, column.label]

    def best(self, column):
        """The best of the peers that have this figure, or else of the other arenas, and its name."""
        better = min if self.group.lower_is_better else max
        for kind in (PEER, ARENA):
            rivals = [(self.cell(subject, column).value, subject.name) for subject in self.subjects
                      if subject.kind == kind and subject.name not in OURS
                      and self.cell(subject, column).value is not None]
            if rivals:
                return better(rivals)
        return None


def mebibytes(value):
    return f"{value / MIB:.2f} MiB" if value >= MIB else f"{value / 1024:.0f} KiB"


def number(value, figure=""):
    if value is None:
        return ""
    if figure.endswith("_bytes"):
        return mebibytes(value)
    if value >= 1000 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.3g}" if value < 10 else f"{value:.1f}"


def print_rows(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  ".join(cells).rstrip())


BESIDE_NULL = {"share": "% of null:", "above": "above null:", None: ""}


def row_of(table, subject):
    """The figures, or why there is none; then how they stand beside null."""
    cells = [table.cell(subject, column) for column in table.group.columns]
    beside = [cell.beside_null(table.group.beside_null) for cell in cells]
    row = [subject.name, *(number(cell.value, column.figure) or cell.why or "-"
                           for cell, column in zip(cells, table.group.columns)), ""]
    return row + ["" if subject.kind == NULL else number(value) for value in beside]


def best_rows(table):
    """The best of the others in each column, who that is, and how ours stand beside it."""
    columns = table.group.columns
    best = [table.best(column) or (None, "") for column in columns]
    rows = [["best other", *(number(value, column.figure)
                             for (value, _), column in zip(best, columns))],
            ["", *(name for _, name in best)]]
    for subject in table.subjects:
        if subject.name in OURS:
            values = (table.cell(subject, column).value for column in columns)
            rows.append([f"{subject.name} / best",
                         *(f"{mine / its:.2f}" if mine and its else "-"
                           for mine, (its, _) in zip(values, best))])
    return rows


def print_table(table):
    labels = [column.label for column in table.group.columns]
    head = ["", *labels, BESIDE_NULL[table.group.beside_null]]
    rows = [head + (labels if table.group.beside_null else [])]
    rows += [row_of(table, subject) for subject in table.subjects]
    rows += best_rows(table)
    print(f"\n{table.group.title}")
    print_rows([row + [""] * (2 * len(labels) + 2 - len(row)) for row in rows])


HEADER = ("figure", "subject", "median", "lowest", "highest", "rounds", "beside_null",
          "beside_best_other")


def csv_rows(table):
    for column in table.group.columns:
        best = table.best(column)
        for subject in table.subjects:
            cell = table.cell(subject, column)
            if cell.value is None:
                yield column.label, subject.name, cell.why or "-", "", "", 0, "", ""
                continue
            yield (column.label, subject.name, f"{cell.value:.10g}", f"{min(cell.rounds):.10g}",
                   f"{max(cell.rounds):.10g}", len(cell.rounds),
                   f"{cell.share_of_null:.4g}" if cell.share_of_null else "",
                   f"{cell.value / best[0]:.4g}" if best and best[0] else "")


def csv_path(group, folder):
    return os.path.join(folder, f"{group.name}.csv")


def is_kept(group, folder):
    return os.path.exists(csv_path(group, folder))


def write_csv(table, folder):
    with open(csv_path(table.group, folder), "w", newline="",
              encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(csv_rows(table))


def read_table(group, folder):
    """A group's table again, from its CSV file: medians, and why there is none."""
    samples, kinds = Samples(), {}
    columns = {column.label: column for column in group.columns}
    with open(csv_path(group, folder), newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            column, name = columns[row["figure"]], row["subject"]
            kinds[name] = NULL if name == "null" else ARENA
            if row["rounds"] != "0":
                samples.add(name, column.run, {column.figure: float(row["median"])})
            elif row["median"] != "-":
                samples.failures[name, column.run] = row["median"]
    return Table(group, [Subject(name, kind, name) for name, kind in kinds.items()], samples)

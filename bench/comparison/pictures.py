# SPDX-License-Identifier: MIT
"""Pictures of tables: bars, drawn by gnuplot."""

import shutil
import subprocess
import sys

COLOURS = ("#888888", "#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d",
           "#1f78b4", "#b2df8a", "#fb9a99", "#cab2d6", "#000000")


def check_gnuplot():
    if not shutil.which("gnuplot"):
        sys.exit("gnuplot is missing; install Debian's gnuplot-nox")


def drawn_subjects(table):
    """Those with a figure; gnuplot refuses a row of bars in which there is none."""
    return [subject for subject in table.subjects
            if any(table.cell(subject, column).value for column in table.group.columns)]


def data_of(table):
    """A line for each column of the table: its label, then each subject's figure."""
    lines = []
    for column in table.group.columns:
        values = (table.cell(subject, column).value for subject in drawn_subjects(table))
        lines.append(" ".join([f'"{column.label}"',
                               *("NaN" if value is None else f"{value:.6g}" for value in values)]))
    return lines


def script_of(table, path):
    names = [subject.name.replace("_", "\\\\_") for subject in drawn_subjects(table)]
    bars = ", ".join(
        f'$data using {number + 2}:xtic(1) title "{name}" '
        f'linecolor rgb "{COLOURS[number % len(COLOURS)]}"' for number, name in enumerate(names))
    better = "lower is better" if table.group.lower_is_better else "higher is better"
    return "\n".join([
        'set terminal svg size 960,480 dynamic font "sans,12" background "#ffffff"',
        f'set output "{path}"',
        f'set title "{table.group.title} ({better})" noenhanced',
        "set style data histograms",
        "set style histogram clustered gap 1",
        "set style fill solid border -1",
        "set key outside right top",
        "set grid ytics",
        "set logscale y" if table.group.log else "set yrange [0:*]",
        "$data << EOD", *data_of(table), "EOD",
        f"plot {bars}", ""])


def draw(table, path):
    if not drawn_subjects(table):
        return
    ended = subprocess.run(["gnuplot"], input=script_of(table, path), capture_output=True,
                           text=True, check=False)
    if ended.returncode != 0:
        sys.exit(f"gnuplot could not draw {path}:\n{ended.stderr}")

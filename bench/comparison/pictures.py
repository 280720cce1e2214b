# SPDX-License-Identifier: MIT
"""Pictures of tables: bars, drawn by gnuplot; one set of axes, or one for each column."""

import shutil
import subprocess
import sys

COLOURS = ("#888888", "#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d",
           "#1f78b4", "#b2df8a", "#fb9a99", "#cab2d6", "#000000")


def is_possible():
    return bool(shutil.which("gnuplot"))


def check_gnuplot():
    if not is_possible():
        sys.exit("gnuplot is missing; install Debian's gnuplot-nox")


def drawn_subjects(table, columns):
    """Those with a figure; gnuplot refuses a row of bars in which there is none."""
    return [subject for subject in table.subjects
            if any(table.cell(subject, column).value for column in columns)]


def data_of(table, columns):
    """A line for each column of the table: its label, then each subject's figure."""
    lines = []
    for column in columns:
        values = (table.cell(subject, column).value for subject in drawn_subjects(table, columns))
        lines.append(" ".join([f'"{column.label}"',
                               *("NaN" if value is None else f"{value:.6g}" for value in values)]))
    return lines


def colour_of(table, subject):
    return COLOURS[table.subjects.index(subject) % len(COLOURS)]


def one_plot(table):
    """Clustered bars, one cluster for each column."""
    group = table.group
    bars = [f'$data using {place + 2}:xtic(1) title "{subject.name}" noenhanced '
            f'linecolor rgb "{colour_of(table, subject)}"'
            for place, subject in enumerate(drawn_subjects(table, group.columns))]
    return [f'set title "{title_of(group)}" noenhanced', "set key outside right top",
            "set logscale y" if group.log else "set yrange [0:*]",
            "$data << EOD", *data_of(table, group.columns), "EOD", "plot " + ", ".join(bars)]


def panel(table, column, number):
    """One column by itself: a bar for each subject, with its name below."""
    subjects = drawn_subjects(table, [column])
    bars = [f'{place} {table.cell(subject, column).value:.6g} "{subject.name}" '
            f'0x{colour_of(table, subject)[1:]}' for place, subject in enumerate(subjects)]
    return [f'set title "{column.label}"', f"$data{number} << EOD", *bars, "EOD",
            f"plot $data{number} using 1:2:4:xtic(3) with boxes linecolor rgb variable"]


def panels(table):
    columns = [column for column in table.group.columns if drawn_subjects(table, [column])]
    lines = [f'set multiplot layout 1,{len(columns)} title "{title_of(table.group)}" noenhanced',
             "set key off", "set boxwidth 0.8", "set logscale y", "set xtics rotate by -60"]
    for number, column in enumerate(columns):
        lines += panel(table, column, number)
    return lines


def title_of(group):
    return f"{group.title} ({'lower' if group.lower_is_better else 'higher'} is better)"


STYLE = ("set style data histograms", "set style histogram clustered gap 1",
         "set style fill solid border -1", "set grid ytics", "set xtics noenhanced",
         'set format y "%.0s%c"')


def script_of(table, path):
    return "\n".join([
        'set terminal svg size 960,480 dynamic font "sans,12" background "#ffffff"',
        f'set output "{path}"', *STYLE,
        *(panels(table) if table.group.panels else one_plot(table)), ""])


def draw(table, path):
    if not drawn_subjects(table, table.group.columns):
        return
    ended = subprocess.run(["gnuplot"], input=script_of(table, path), capture_output=True,
                           text=True, check=False)
    if ended.returncode != 0:
        sys.exit(f"gnuplot could not draw {path}:\n{ended.stderr}")

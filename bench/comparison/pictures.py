# SPDX-License-Identifier: MIT
"""Pictures of tables, drawn by gnuplot.

An allocator looks the same in all of them. Bars begin at 0. Where figures are too far apart for that,
the axis is logarithmic and says so, and they are points: the length of a bar would mean nothing there.
A table whose columns are of several units has a set of axes for each, and an allocator a row.
"""

import shutil
import subprocess
import sys
import zlib

from .results import number

# A subject's colour, and gnuplot's number of its mark: ours green, the text's warm, peers blue to
# black; full marks and hollow ones in turn.
LOOKS = {
    "null": ("#888888", 2),
    "cairn": ("#1b9e77", 7),
    "cairn_beside": ("#3fb58f", 6),
    "cairn_shared": ("#00563f", 5),
    "tlsf": ("#e7298a", 9),
    "buddy": ("#d95f02", 11),
    "fixed_size_block": ("#a6761d", 13),
    "linked_list": ("#7570b3", 15),
    "bump": ("#e6ab02", 4),
    "glibc": ("#000000", 1),
    "mimalloc": ("#1f78b4", 8),
    "jemalloc": ("#56a5dc", 10),
    "tcmalloc": ("#c62828", 12),
    "tbbmalloc": ("#e8735f", 14),
    "libstdcxx": ("#000000", 1),
    "abseil": ("#1f78b4", 8),
    "boost": ("#56a5dc", 10),
    "glib": ("#7570b3", 15),
    "uthash": ("#a6761d", 13),
    "rust": ("#d95f02", 11),
}
OTHER_LOOKS = (("#6a3d9a", 19), ("#8c510a", 16), ("#35978f", 17), ("#4d4d4d", 18))

WIDTH, HEIGHT, ROW_HEIGHT = 1100, 480, 24
LOGARITHMIC = "logarithmic axis: it has no 0"


def is_possible():
    return bool(shutil.which("gnuplot"))


def check_gnuplot():
    if not is_possible():
        sys.exit("gnuplot is missing; install Debian's gnuplot-nox")


def look_of(name):
    """Its colour and mark; of an allocator that is new here, one that is its own as far as may be."""
    return LOOKS.get(name) or OTHER_LOOKS[zlib.crc32(name.encode()) % len(OTHER_LOOKS)]


def title_of(group):
    return f"{group.title} ({'lower' if group.lower_is_better else 'higher'} is better)"


def drawn_subjects(table, columns):
    """Those with a figure."""
    return [subject for subject in table.subjects
            if any(table.cell(subject, column).value for column in columns)]


# ---- one set of axes -----------------------------------------------------------------------------


def points_of(table, subject, place, count):
    """A line for each column: where on the axis, and the figure. A cluster is 0.8 wide."""
    for cluster, column in enumerate(table.group.columns):
        value = table.cell(subject, column).value
        if value:
            yield f"{cluster + 0.8 * ((place + 0.5) / count - 0.5):.4f} {value:.6g}"


def label_of(column):
    """Its words below each other, so that neighbours do not run into one another. To gnuplot a label
    of an axis is a format."""
    return column.label.replace("%", "%%").replace(" ", r"\n")


def axes(group, largest):
    labels = ", ".join(f'"{label_of(column)}" {place}' for place, column in enumerate(group.columns))
    stripes = [f"set object rectangle from {place - 0.5}, graph 0 to {place + 0.5}, graph 1 behind "
               'fillcolor "#f4f4f4" fillstyle solid noborder'
               for place in range(0, len(group.columns), 2)]
    scale = ["set logscale y", f'set ylabel "{LOGARITHMIC}"'] if group.log else ["set yrange [0:*]"]
    return [f'set title "{title_of(group)}" noenhanced', "set key outside right top noenhanced",
            f"set xrange [-0.5:{len(group.columns) - 0.5}]", f"set xtics ({labels}) noenhanced",
            'set xtics scale 0 font ",11"', "set bmargin 4",
            f'set format y "{"%.0s%c" if largest >= 1e4 else "%g"}"', *stripes, *scale]


def one_plot(table):
    """A cluster for each column: bars, or points where the axis is logarithmic."""
    group, subjects = table.group, drawn_subjects(table, table.group.columns)
    lines, plots = [], []
    for place, subject in enumerate(subjects):
        colour, mark = look_of(subject.name)
        lines += [f"$data{place} << EOD", *points_of(table, subject, place, len(subjects)), "EOD"]
        style = f"points pointtype {mark} pointsize 0.9 linewidth 2" if group.log else \
                "boxes fillstyle solid border -1"
        plots.append(f'$data{place} using 1:2 with {style} linecolor rgb "{colour}" '
                     f'title "{subject.name}"')
    largest = max(table.cell(subject, column).value or 0
                  for subject in subjects for column in group.columns)
    return [*axes(group, largest), f"set boxwidth {0.8 / len(subjects):.4f}", *lines,
            "plot " + ", ".join(plots)]


# ---- a set of axes for each column ---------------------------------------------------------------


def panel(table, column, number_of_panel):
    """A row for each subject: a bar from 0, and the figure beside it, or why there is none."""
    rows = []
    for row, subject in enumerate(table.subjects):
        cell = table.cell(subject, column)
        rows.append(f'{row} {cell.value or 0:.6g} 0x{look_of(subject.name)[0][1:]} '
                    f'"{number(cell.value, column.figure) or cell.why}"')
    largest = max(table.cell(subject, column).value or 0 for subject in table.subjects)
    data = f"$data{number_of_panel}"
    return [f'set title "{column.label}" noenhanced', f"set xrange [0:{1.5 * largest:.6g}]",
            f"{data} << EOD", *rows, "EOD",
            f"plot {data} using (0):1:(0):2:($1-0.36):($1+0.36):3 with boxxyerror linecolor rgb "
            f"variable, {data} using 2:1:4 with labels left offset 0.7,0 noenhanced"]


def panels(table):
    columns = [column for column in table.group.columns if drawn_subjects(table, [column])]
    names = ", ".join(f'"{subject.name}" {row}' for row, subject in enumerate(table.subjects))
    height = height_of(table)
    lines = [f'set multiplot layout 1,{len(columns)} title "{title_of(table.group)}" noenhanced '
             f"margins 0.15,0.98,{20 / height:.3f},{1 - 65 / height:.3f} spacing 0.02",
             "set key off", "set style fill solid border -1", "unset xtics", "unset grid",
             f"set yrange [{len(table.subjects) - 0.5}:-0.5]", f"set ytics ({names}) noenhanced scale 0"]
    for place, column in enumerate(columns):
        lines += panel(table, column, place)
        lines.append("unset ytics")
    return lines


# ---- drawing -------------------------------------------------------------------------------------


def height_of(table):
    return 85 + ROW_HEIGHT * len(table.subjects) if table.group.panels else HEIGHT


def script_of(table, path):
    return "\n".join([
        f'set terminal svg size {WIDTH},{height_of(table)} dynamic font "sans,12" background "#ffffff"',
        f'set output "{path}"', "set grid ytics",
        *(panels(table) if table.group.panels else one_plot(table)), ""])


def draw(table, path):
    if not drawn_subjects(table, table.group.columns):
        return
    ended = subprocess.run(["gnuplot"], input=script_of(table, path), capture_output=True,
                           text=True, check=False)
    if ended.returncode != 0:
        sys.exit(f"gnuplot could not draw {path}:\n{ended.stderr}")

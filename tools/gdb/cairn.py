# SPDX-License-Identifier: MIT
"""Lets gdb show Cairn's collections by what they hold:

    (gdb) source tools/gdb/cairn.py           or, installed, /usr/share/cairn/gdb/cairn.py
    (gdb) print jobs
    $1 = vec_job of length 2, capacity 4 = {{priority = 3}, {priority = 1}}

`make debug` does that by itself; a line in ~/.gdbinit does it always. Each collection has a file in
printers/, and this loads all of them.

What it is bad at: C's types have no template to be known by, so a collection is known by the names of
its fields. A struct of the program that has the very same ones is shown as one, too.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import printers

printers.register()

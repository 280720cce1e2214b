#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes cairn.h and cairn.c, all of the library in two files, out of its headers and sources.

single_file.py FOLDER SOURCE...: writes both into FOLDER. hosts/single_file/ has a plan of each; the
tool puts the text of a file where the plan includes it, and of what that includes, each once.

The sources share one file then, but what is static in one is not meant for the others. So a name
that two of them have is called after its source: `insert` of buddy.c becomes `buddy_insert`, by a
#define before the source and an #undef after it. The preprocessor knows a name from a comment.

What it is bad at: it finds a source's own names by the shape that clang-format gives them.
"""

import collections
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLANS = os.path.join(ROOT, "hosts/single_file")
PUBLIC = [os.path.join(ROOT, layer, "include") for layer in ("base", "alloc")]
INCLUDE = re.compile(r'#include (?:<(?P<angled>.*)>|"(?P<quoted>.*)")\n')
SPDX = "/* SPDX-License-Identifier: MIT */\n"

OWN_NAMES = [re.compile(pattern, re.MULTILINE) for pattern in (
    r"^static [^;{=()]*?\b(\w+)(?:\(|\[| =|;)",     # functions and variables
    r"^typedef [^;]*?(\w+);",
    r"^(?:struct|union|enum) (\w+) \{",
)]
ENUMERATIONS = re.compile(r"^enum(?: \w+)? \{([^}]*)\}", re.MULTILINE)
MACROS = re.compile(r"^#define (\w+)", re.MULTILINE)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


class Output:
    """The text of one of the two files, while it is put together."""

    def __init__(self, included=()):
        self.lines = []
        self.included = set(included)

    def add(self, text):
        self.lines.append(text)

    def add_file(self, path):
        """The file's text, unless it is here and may be only once."""
        text = read(path)
        if path in self.included:
            return
        if "#ifndef CAIRN_" in text or path.endswith(".c"):
            self.included.add(path)
        for line in text.removeprefix(SPDX).splitlines(keepends=True):
            included = self.path_of(line, path)
            if included:
                self.add_file(included)
            else:
                self.add(line)

    @staticmethod
    def path_of(line, path):
        """The file of ours that a line includes, or None; cairn.h stays a file of its own."""
        include = INCLUDE.fullmatch(line)
        if not include or include["quoted"] == "cairn.h":
            return None
        name = include["angled"] or include["quoted"]
        for folder in PUBLIC if include["angled"] else [os.path.dirname(path)]:
            file = os.path.normpath(os.path.join(folder, name))
            if os.path.exists(file):
                return file
        return None

    def write(self, path):
        text = "".join(self.lines)
        license_text = "".join(f" * {line}".rstrip() + "\n" for line in
                               read(os.path.join(ROOT, "LICENSE")).splitlines())
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"{SPDX}{text}\n/*\n{license_text} */\n")


def names_of(text):
    """What a source or header calls by a name that no other file is meant to see."""
    text = re.sub(r"__attribute__\(\(.*?\)\) ?", "", without_comments(text))
    text = re.sub(r"^(?:[A-Z_]+ )+static", "static", text, flags=re.MULTILINE)
    names = set(MACROS.findall(text))
    for pattern in OWN_NAMES:
        names.update(pattern.findall(text))
    for body in ENUMERATIONS.findall(text):
        names.update(re.findall(r"^ *(\w+)", body, re.MULTILINE))
    return names


def private_headers(sources):
    folders = sorted({os.path.dirname(source) for source in sources})
    return [os.path.join(folder, name) for folder in folders
            for name in sorted(os.listdir(folder)) if name.endswith(".h")]


def add_sources(output, sources):
    """All private headers, then the sources, each with its own names for what others have, too."""
    headers = private_headers(sources)
    for header in headers:
        output.add_file(header)
    owners = collections.Counter(name for path in [*headers, *sources]
                                 for name in names_of(read(path)))
    for source in sources:
        own = names_of(read(source))
        macros = set(MACROS.findall(without_comments(read(source))))
        stem = "_".join(os.path.splitext(source)[0].split("/")[-2:])  # two may be called bins.c
        renamed = sorted(name for name in own - macros if owners[name] > 1)
        output.add(f"\n/* ---- {os.path.relpath(source, ROOT)} ---- */\n\n")
        output.add("".join(f"#define {name} {stem}_{name}\n" for name in renamed))
        output.add_file(source)
        output.add("".join(f"#undef {name}\n" for name in sorted({*renamed, *macros})))


def check_complete(included):
    """Every public header is in cairn.h; templates, which have no guard, are included where wanted."""
    for folder in PUBLIC:
        for path in glob.glob(f"{folder}/**/*.h", recursive=True):
            if path not in included and "#ifndef CAIRN_" in read(path):
                sys.exit(f"single_file: hosts/single_file/cairn.h does not include "
                         f"{os.path.relpath(path, ROOT)}; add it there")


def main():
    folder, *sources = sys.argv[1:]
    sources = [os.path.join(ROOT, source) for source in sources]
    os.makedirs(folder, exist_ok=True)

    header = Output()
    header.add_file(os.path.join(PLANS, "cairn.h"))
    check_complete(header.included)
    header.write(os.path.join(folder, "cairn.h"))

    plan, rest = Output(header.included), Output()
    plan.add_file(os.path.join(PLANS, "cairn.c"))
    where = plan.lines.index("#include ALL_OTHER_SOURCES\n")
    rest.included = plan.included
    add_sources(rest, sources)
    plan.lines[where:where + 1] = rest.lines
    plan.write(os.path.join(folder, "cairn.c"))


main()

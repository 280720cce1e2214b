#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proves by CBMC what holds for all inputs of a bounded size, and that each proof can fail.

prove.py [NAME...]: the proofs tests/proofs/NAME.c, else all of them. A proof is a program whose
variables have any value; it asserts what must hold, and CBMC looks for values for which it does not.
Lines in it say how it is proved:

    // sources: base/unicode.c        what it is about, compiled with it
    // unwind: 11                     more rounds than any loop has; one that has more is an error
    // mutant: FILE TEXT -> TEXT      with this change in it, the proof must fail

CBMC is in Debian from trixie on (package cbmc); see also https://www.cprover.org/cbmc.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = "tests/proofs"
OPTIONS = ["--bounds-check", "--pointer-check", "--div-by-zero-check", "--unwinding-assertions",
           "--object-bits", "12", "--stop-on-fail", "-I", "base/include", "-I", "alloc/include",
           "-I", FOLDER]
MISSING = """make prove: there is no cbmc here, so nothing was proved.
Debian has it from trixie on, as the package cbmc; bookworm has none. Elsewhere: https://www.cprover.org/cbmc"""


class Proof:
    """A file, and what its lines say."""

    def __init__(self, name):
        self.name = name
        self.path = f"{FOLDER}/{name}.c"
        with open(os.path.join(ROOT, self.path), encoding="utf-8") as file:
            self.text = file.read()
        self.sources = self.lines("sources")[0].split()
        self.unwind = self.lines("unwind")[0]
        self.mutants = [re.fullmatch(r"(\S+) (.*) -> (.*)", line).groups()
                        for line in self.lines("mutant")]

    def lines(self, word):
        return re.findall(rf"^// {word}: (.*)$", self.text, re.MULTILINE)

    def command(self):
        return ["cbmc", *OPTIONS, "--unwind", self.unwind, self.path, *self.sources,
                f"{FOLDER}/builtins.c"]


def all_names():
    """The names of the proofs: of the files that say what they are about."""
    names = sorted(name.removesuffix(".c") for name in os.listdir(os.path.join(ROOT, FOLDER))
                   if name.endswith(".c"))
    return [name for name in names if name != "builtins"]


def holds(proof, folder):
    """Whether CBMC proves it there; ends the program if CBMC can tell neither."""
    ended = subprocess.run(proof.command(), cwd=folder, capture_output=True, text=True, check=False)
    if ended.returncode not in (0, 10):
        sys.exit(f"{' '.join(proof.command())}\n{ended.stdout[-3000:]}{ended.stderr}"
                 f"make prove: cbmc ended with {ended.returncode}")
    return ended.returncode == 0


def mutated(mutant, folder):
    """Makes the sources with the mutant's change in the folder."""
    path, before, after = mutant
    for part in ("base", "alloc", FOLDER):
        shutil.copytree(os.path.join(ROOT, part), os.path.join(folder, part))
    with open(os.path.join(folder, path), encoding="utf-8") as file:
        text = file.read()
    if text.count(before) == 0:
        sys.exit(f"make prove: {path} no longer has the text of a mutant: {before}")
    with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
        file.write(text.replace(before, after, 1))


def prove(proof):
    """Gives the number of failures."""
    begin = time.monotonic()
    print(f"{proof.name}... ", end="", flush=True)
    if not holds(proof, ROOT):
        print("[failed]\n  " + " ".join(proof.command()))
        return 1
    print(f"[proved] {time.monotonic() - begin:.0f} s", flush=True)
    failures = 0
    for mutant in proof.mutants:
        with tempfile.TemporaryDirectory() as folder:
            mutated(mutant, folder)
            survived = holds(proof, folder)
        print(f"  with {mutant[2]}: {'[still proved]' if survived else '[refuted]'}", flush=True)
        failures += survived
    return failures


def main():
    names = sys.argv[1:] or all_names()
    if not shutil.which("cbmc"):
        sys.exit(MISSING)
    failures = sum(prove(Proof(name)) for name in names)
    print(f"{len(names)} proofs, {failures} failed")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()

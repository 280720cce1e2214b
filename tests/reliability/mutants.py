#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Would the tests see a mistake in the allocator? Makes one at a time, and some test must fail.

    tests/reliability/mutants.py checks [TEXT]     switches off each check, or those that have TEXT
    tests/reliability/mutants.py FILE [TEXT]       mutates a file in every way that OPERATORS has, or
                                                   what lies on lines that have TEXT

A mutant is built with the project's own rules, in a copy of the project, and the tests of its part
run until one fails. Those that no test sees are listed, with the change; so are the ones that
tests/reliability/mutants_that_live says cannot be seen, and why. The last line is
"N mutants, N live, N of them unexplained"; the exit status is 0 where all are explained.

CC is the compiler, JOBS how many mutants are tried at once (else one for each processor).

What it is bad at: it knows words, not types. A mutant that does not compile counts for nothing.
"""

import concurrent.futures
import dataclasses
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CC = os.environ.get("CC", "gcc")
LIVING = "tests/reliability/mutants_that_live"

# Each part's tests, the quickest first. What each is to do is enough to see a mistake, and no more.
STATES = ("reliability/every_state", {"GRANULES": "6"})
PARTS = {
    "alloc/heap": (
        ("heap/heap", {}), ("heap/regions", {}), ("heap/shared", {"SEED": "1"}),
        ("heap/forged_memory", {}), ("heap/forged_metadata", {}), STATES,
        ("reliability/every_state_of_slabs", {"SLAB_GRANULES": "6"}),
        ("reliability/every_state_of_processors", {"PROCESSOR_GRANULES": "4"}),
        ("reliability/faults", {"HEAP": "cairn", "SEED": "1", "FAULTS": "2000"}),
        ("reliability/heap_random_actions", {"SEED": "1"})),
    "alloc/classic/linked_list.c": (
        STATES, ("reliability/faults", {"HEAP": "linked_list", "SEED": "1", "FAULTS": "2000"}),
        ("classic/linked_list", {}), ("conformance/allocators", {"SEED": "1"})),
}

# What ends the program, and an `if` that has nothing but a report.
CHECKS = ("cairn_check", "check_sound", "expect_sound", "expect_slab")
REPORTS = ("cairn_heap_report_invalid",)
MESSAGES = ("cairn_panic", "cairn_check")  # their later arguments are for people


# ---- C, as far as a mutant has to know it --------------------------------------------------------

TOKEN = re.compile(r"""
    (?P<space>\s+|//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:\\\n|[^\n])*)
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<number>\d[\w.]*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.VERBOSE | re.MULTILINE | re.DOTALL)


@dataclasses.dataclass
class Token:
    kind: str
    text: str
    begin: int
    end: int


@dataclasses.dataclass(frozen=True)
class Change:
    """Of a source: what stands in the place of text[begin:end]."""
    source: str
    begin: int
    end: int
    instead: str


class Code:
    """A source's tokens, and of each parenthesis or brace the number of its partner."""

    def __init__(self, text):
        self.text = text
        self.tokens = [Token(match.lastgroup, match[0], match.start(), match.end())
                       for match in TOKEN.finditer(text) if match.lastgroup != "space"]
        self.partner, stack = {}, []
        for i, token in enumerate(self.tokens):
            if token.kind == "sign" and token.text in "([{":
                stack.append(i)
            elif token.kind == "sign" and token.text in ")]}" and stack:
                self.partner[i] = stack.pop()
                self.partner[self.partner[i]] = i

    def is_at(self, i, *texts):
        return self.tokens[i].text in texts

    def bodies(self):
        """The spans of function bodies, and of macros' bodies none: (opening, closing)."""
        i = 0
        while i < len(self.tokens):
            if self.is_at(i, "{"):
                if i and self.is_at(i - 1, ")"):
                    yield i, self.partner[i]
                i = self.partner[i]
            i += 1

    def message_tokens(self):
        """The tokens that are arguments of a message."""
        skipped = set()
        for i, token in enumerate(self.tokens):
            if token.text in MESSAGES and self.is_at(i + 1, "("):
                end = self.partner[i + 1]
                strings = [j for j in range(i, end) if self.tokens[j].kind == "string"]
                skipped.update(range(strings[0] if strings else i, end))
        return skipped


# ---- operators: each gives (begin, end, instead) of what it changes -----------------------------

SWAPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||",
           "||": "&&", "<<": ">>", ">>": "<<", "+=": "-=", "-=": "+=", "|=": "&=", "&=": "|=",
           "^=": "|=", "++": "--", "--": "++"}
SWAPPED_BETWEEN = {"+": "-", "-": "+", "&": "|", "|": "&", "^": "|", "*": "/", "/": "*", "%": "/"}
LOOSEST = {"(", "[", "{", ",", ";", "?", ":", "=", "return", "||", ")", "]", "}"}


def has_operand_before(code, i):
    before = code.tokens[i - 1]
    return before.text in (")", "]") or \
        before.kind in ("word", "number") and before.text not in ("return", "case", "else")


def swap_sign(code, i):
    """Another comparison, another operation."""
    token = code.tokens[i]
    if token.text in SWAPPED:
        yield token.begin, token.end, SWAPPED[token.text]
    elif token.text in SWAPPED_BETWEEN and has_operand_before(code, i) and \
            not code.is_at(i + 1, ")"):  # which ends a cast
        yield token.begin, token.end, SWAPPED_BETWEEN[token.text]


def drop_sign(code, i):
    if code.is_at(i, "!", "~"):
        yield code.tokens[i].begin, code.tokens[i].end, ""


def is_hint(code, i):
    """Whether it is what __builtin_expect expects, which makes no difference."""
    return code.is_at(i + 1, ")") and code.is_at(code.partner[i + 1] - 1, "__builtin_expect")


def off_by_one(code, i):
    match = re.fullmatch(r"(\d+)[uUlL]*", code.tokens[i].text)
    if match and not is_hint(code, i):
        yield code.tokens[i].begin, code.tokens[i].end, str(int(match[1]) + 1)


def negate_condition(code, i):
    if code.is_at(i, "if", "while") and code.is_at(i + 1, "("):
        begin, end = code.tokens[i + 1].begin, code.tokens[code.partner[i + 1]].end
        yield begin, end, f"(!{code.text[begin:end]})"


def drop_operand(code, i):
    """One side of && or ||."""
    if not code.is_at(i, "&&", "||"):
        return
    stop = LOOSEST | {"&&"} if code.is_at(i, "&&") else LOOSEST
    left, right = i - 1, i + 1
    while code.is_at(left, ")", "]") or not code.is_at(left, *stop):
        left = code.partner.get(left, left) - 1
    while code.is_at(right, "(", "[") or not code.is_at(right, *stop):
        right = code.partner.get(right, right) + 1
    yield code.tokens[left + 1].begin, code.tokens[i + 1].begin, ""
    yield code.tokens[i - 1].end, code.tokens[right - 1].end, ""


CONTROL = ("if", "while", "for", "switch")
NO_EXPRESSION = ("return", "goto", "case", "default", "do", "break", "continue", *CONTROL)


def begins_statement(code, i):
    if code.is_at(i - 1, ")"):
        return code.is_at(code.partner[i - 1] - 1, *CONTROL)
    return code.is_at(i - 1, ";", "{", "}", "else")


def drop_statement(code, i):
    """A statement that is an expression: a call, an assignment."""
    if not begins_statement(code, i) or code.is_at(i, *NO_EXPRESSION):
        return
    follows = ("(", "->", ".", "[", "=", "+=", "-=", "|=", "&=", "^=", "++", "--")
    is_expression = code.is_at(i, "*", "(", "++", "--") or \
        code.tokens[i].kind == "word" and code.is_at(i + 1, *follows)
    if not is_expression:
        return
    end = i
    while not code.is_at(end, ";"):
        if code.is_at(end, ")", "]", "}"):
            return  # a value in an initializer
        end = code.partner[end] + 1 if code.is_at(end, "(", "[", "{") else end + 1
    yield code.tokens[i].begin, code.tokens[end].begin, "((void)0)"


OPERATORS = (swap_sign, drop_sign, off_by_one, negate_condition, drop_operand, drop_statement)


def all_mutants(source, text):
    code = Code(text)
    skipped = code.message_tokens()
    return list(dict.fromkeys(
        Change(source, *change) for begin, end in code.bodies() for i in range(begin + 1, end)
        if i not in skipped for operator in OPERATORS for change in operator(code, i)))


def checks_off(source, text):
    """Each check becomes one that always passes."""
    code = Code(text)
    for i, token in enumerate(code.tokens):
        if token.text in CHECKS and begins_statement(code, i):
            yield Change(source, token.begin, code.tokens[code.partner[i + 1]].end, "((void)0)")
        elif token.text == "if" and code.is_at(code.partner[i + 1] + 1, *REPORTS):
            yield Change(source, code.tokens[i + 1].begin,
                         code.tokens[code.partner[i + 1]].end, "(0)")


# ---- the source lines of a change ----------------------------------------------------------------


def read(source):
    with open(os.path.join(ROOT, source), encoding="utf-8") as file:
        return file.read()


def changed(text, change):
    return text[:change.begin] + change.instead + text[change.end:]


def lines_of(text, change):
    """(number of the first line, those lines as they are, and changed), without needless space."""
    begin = text.rfind("\n", 0, change.begin) + 1
    end = text.find("\n", change.end)
    before = " ".join(text[begin:end].split())
    after = " ".join((text[begin:change.begin] + change.instead + text[change.end:end]).split())
    return text.count("\n", 0, begin) + 1, before, after


def read_living():
    """Why a mutant cannot be seen: by (source, lines, changed lines). See LIVING's first lines."""
    living, source, before, after = {}, "", "", ""
    for line in read(LIVING).splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            source = line.strip()
        elif line.startswith("    - "):
            before = line[6:].strip()
        elif line.startswith("    + "):
            after = line[6:].strip()
            living[source, before, after] = ""
        else:
            living[source, before, after] += " " + line.strip()
    return living


# ---- trying a mutant ---------------------------------------------------------------------------


def program(test):
    return f"build/{os.path.basename(CC)}/tests/{test}"


class Copy:
    """A copy of the project, in which one mutant after the other is built and tested."""

    def __init__(self, folder):
        self.folder = folder
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT,
                                check=True, stdout=subprocess.PIPE, text=True).stdout
        for name in filter(None, listed.split("\0")):
            path = os.path.join(folder, name)
            if os.path.isfile(os.path.join(ROOT, name)):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                shutil.copy2(os.path.join(ROOT, name), path)
        self.seconds = {}

    def write(self, source, text):
        with open(os.path.join(self.folder, source), "w", encoding="utf-8") as file:
            file.write(text)

    def builds(self, test):
        return subprocess.run(["make", "-s", f"CC={CC}", "BUILD=build", program(test)],
                              cwd=self.folder, check=False, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0

    def passes(self, test, environment):
        """Whether it ends well, and within four times what it takes on the sound source."""
        began = time.monotonic()
        try:
            ended = subprocess.run([os.path.join(self.folder, program(test))],
                                   cwd=self.folder, env=os.environ | environment, check=False,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   timeout=self.seconds.get(test, 300) * 4 + 5)
        except subprocess.TimeoutExpired:
            return False
        self.seconds.setdefault(test, time.monotonic() - began)
        return ended.returncode == 0

    def first_failure(self, tests):
        """The first test that fails; None where none does, "" where one does not compile."""
        for test, environment in tests:
            if not self.builds(test):
                return ""
            if not self.passes(test, environment):
                return test
        return None

    def try_mutant(self, tests, text, change):
        self.write(change.source, changed(text, change))
        try:
            return self.first_failure(tests)
        finally:
            self.write(change.source, text)


def try_all(tests, texts, changes):
    """Gives (change, the test that failed), as they come."""
    jobs = int(os.environ.get("JOBS", os.cpu_count() or 1))
    copies = queue.Queue()

    def try_one(change):
        copy = copies.get()
        try:
            return change, copy.try_mutant(tests, texts[change.source], change)
        finally:
            copies.put(copy)

    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        made = [Copy(os.path.join(folder, str(i))) for i in range(min(jobs, len(changes)))]
        for failed in pool.map(lambda copy: copy.first_failure(tests), made):
            if failed is not None:
                sys.exit(f"{failed or 'a test that does not build'} fails on the sound source")
        for copy in made:
            copies.put(copy)
        waiting = [pool.submit(try_one, change) for change in changes]
        for future in concurrent.futures.as_completed(waiting):
            yield future.result()


# ---- what is wanted --------------------------------------------------------------------------------


def sources_of(part):
    if part.endswith(".c"):
        return [part]
    return [os.path.join(part, name) for name in sorted(os.listdir(os.path.join(ROOT, part)))
            if name.endswith((".c", ".h"))]


def part_of(source):
    for part in PARTS:
        if source == part or source.startswith(part + "/"):
            return part
    sys.exit(f"{source} belongs to none of {', '.join(PARTS)}: add its tests to PARTS")


def report(change, text, failed, living):
    """Prints a mutant that lives; gives whether it does, and whether nobody knows why."""
    number, before, after = lines_of(text, change)
    why = living.get((change.source, before, after))
    if failed:
        if why is not None:
            print(f"{change.source}:{number}: {failed} sees this after all: strike it out there\n"
                  f"    - {before}\n    + {after}", flush=True)
        return False, False
    if failed is None:
        print(f"{change.source}:{number}: lives{':' + why if why else ''}\n"
              f"    - {before}\n    + {after}", flush=True)
    return failed is None, failed is None and not why


def try_part(part, changes, texts, living):
    results = [report(change, texts[change.source], failed, living)
               for change, failed in try_all(PARTS[part], texts, changes)]
    return len(results), sum(lives for lives, _ in results), sum(bare for _, bare in results)


def main():
    words = sys.argv[1:]
    if not words:
        sys.exit(__doc__)
    wanted = words[1] if len(words) > 1 else ""
    operate = checks_off if words[0] == "checks" else all_mutants
    parts = {part: sources_of(part) for part in PARTS} if words[0] == "checks" else \
        {part_of(words[0]): [words[0]]}
    living, totals = read_living(), [0, 0, 0]
    for part, sources in parts.items():
        texts = {source: read(source) for source in sources}
        changes = [change for source in sources for change in operate(source, texts[source])
                   if wanted in lines_of(texts[source], change)[1]]
        print(f"{part}: {len(changes)} mutants", flush=True)
        if changes:
            totals = [a + b for a, b in zip(totals, try_part(part, changes, texts, living))]
    print("{} mutants, {} live, {} of them unexplained".format(*totals))
    return 1 if totals[2] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main())

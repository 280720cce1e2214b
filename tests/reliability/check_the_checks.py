#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is any check of the heap or its caches dead? Switches each off in turn; then some test must fail.

    tests/reliability/check_the_checks.py [TEXT]     all, or those whose source has this text

A check is a call of one of CHECKS in a folder of PARTS, or an `if` whose body is one of REPORTS. In
a copy of the sources it becomes one that always passes, with nothing else changed; the
copy is built with the tests, and they run until one fails. The last line is "N checks, N dead"; the
exit status is 0 where none is. CC is the compiler.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHECKS = ("cairn_check", "check_sound")
REPORTS = ("cairn_heap_report_wrong", "cairn_heap_report_damage", "cairn_heap_report_seal")

# Each folder's tests, the quickest first. What each is to do is enough to fail where a check is gone,
# and no more.
PARTS = {
    "alloc/heap": (
        ("heap/heap", {}), ("heap/regions", {}),
        ("reliability/heap_damage", {}),
        ("reliability/heap_bit_flips", {"TRIALS": "4000", "SEED": "1"})),
    "alloc/wrappers/magazines": (("wrappers/magazines", {}),),
}
LINK = {"wrappers/magazines": ["-Wl,--wrap=cairn_spinlock_lock_at"]}
TIMEOUT = 120

FLAGS = ["-std=gnu17", "-O1", "-g", "-D_GNU_SOURCE", "-w"]
INCLUDES = ["base/include", "alloc/include", "hosts/posix", "support", "tests/fuzz", "tests/support",
            "tests/reliability/support"]
OTHERS = ["alloc/interface/allocator.c", "alloc/interface/region.c",
          "alloc/interface/size_classes.c", "alloc/wrappers/locked.c", "hosts/posix/host.c",
          "tests/fuzz/heap_case.c", "tests/fuzz/heap_model.c"]


def files(folder, ending):
    return [os.path.join(folder, name) for name in sorted(os.listdir(os.path.join(ROOT, folder)))
            if name.endswith(ending)]


def matching(text, opening):
    """Where the parenthesis that opens at `opening` is closed. Strings may hold any."""
    depth = 0
    for match in re.compile(r'"(?:\\.|[^"\\])*"|[()]').finditer(text, opening):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return match.start()
    raise ValueError("a parenthesis stays open")


def find_checks(text):
    """(from, to, instead): each check's span in the text, and what switches it off."""
    for match in re.finditer(rf"^[ \t]+({'|'.join(CHECKS)})\(", text, re.MULTILINE):
        end = matching(text, match.end() - 1)
        if "\\" not in text[match.start():text.index("\n", match.start())]:  # a macro's body is none
            yield match.start(1), end + 1, "((void)0)"
    for match in re.finditer(r"\bif (\()", text):
        end = matching(text, match.start(1))
        if re.match(rf"\s*({'|'.join(REPORTS)})\(", text[end + 1:]):
            yield match.start(1), end + 1, "(0)"


def sources():
    everything = [source for part in PARTS for source in files(part, ".c")]
    everything += files("base", ".c") + files("tests/support", ".c")
    return everything + OTHERS + files("tests/reliability/support", ".c")


def compile_object(source, folder, target):
    subprocess.run([os.environ.get("CC", "gcc"), *FLAGS, *(f"-I{path}" for path in INCLUDES),
                    "-c", os.path.join(folder, source), "-o", target], cwd=ROOT, check=True)


def object_of(folder, source):
    return os.path.join(folder, source.replace("/", "_") + ".o")


def program(folder, name):
    return os.path.join(folder, name.replace("/", "_"))


def build_all(folder, part):
    """Everything with every check on, and the part's tests."""
    for source in sources():
        compile_object(source, ROOT, object_of(folder, source))
    for name, _ in PARTS[part]:
        compile_object(f"tests/{name}.c", ROOT, object_of(folder, name))


def link_tests(folder, part):
    """By an archive, so that each gets what it uses: not all define what the caches ask a host."""
    archive = os.path.join(folder, "all.a")
    subprocess.run(["ar", "rcs", archive, *(object_of(folder, source) for source in sources())],
                   check=True)
    for name, _ in PARTS[part]:
        subprocess.run([os.environ.get("CC", "gcc"), object_of(folder, name), archive, "-o",
                        program(folder, name), *LINK.get(name, ()), "-lcmocka", "-pthread"],
                       check=True)


def failing_test(folder, part):
    """The name of the first test that fails, or nothing."""
    for name, environment in PARTS[part]:
        try:
            ended = subprocess.run([program(folder, name)], cwd=ROOT, timeout=TIMEOUT,
                                   env=os.environ | environment, check=False,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return name
        if ended.returncode != 0:
            return name
    return ""


def try_without(folder, part, source, text, check):
    begin, end, instead = check
    copy = os.path.join(folder, "copy")
    shutil.copytree(os.path.join(ROOT, part), os.path.join(copy, part), dirs_exist_ok=True)
    with open(os.path.join(copy, source), "w", encoding="utf-8") as file:
        file.write(text[:begin] + instead + text[end:])
    for changed in files(part, ".c"):
        compile_object(changed, copy, object_of(folder, changed))
    link_tests(folder, part)
    failed = failing_test(folder, part)
    line = text.count("\n", 0, begin) + 1
    what = " ".join(text[begin:end].split())[:100]
    print(f"{source}:{line}: {what}... [{'ok: ' + failed if failed else 'DEAD'}]", flush=True)
    return bool(failed)


def find_wanted(part, wanted):
    """(source, its text, check) of each check of the part that has the wanted text."""
    for source in files(part, ".h") + files(part, ".c"):
        with open(os.path.join(ROOT, source), encoding="utf-8") as file:
            text = file.read()
        for check in find_checks(text):
            if wanted in text[check[0]:check[1]]:
                yield source, text, check


def try_part(part, wanted):
    """How many checks were switched off, and how many of them are dead."""
    tried = list(find_wanted(part, wanted))
    if not tried:
        return 0, 0
    with tempfile.TemporaryDirectory() as folder:
        build_all(folder, part)
        link_tests(folder, part)
        if failing_test(folder, part):
            sys.exit(f"{failing_test(folder, part)} fails with every check on")
        return len(tried), sum(not try_without(folder, part, *check) for check in tried)


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    results = [try_part(part, wanted) for part in PARTS]
    count, dead = (sum(numbers) for numbers in zip(*results))
    print(f"{count} checks, {dead} dead")
    return 1 if dead or not count else 0


if __name__ == "__main__":
    sys.exit(main())

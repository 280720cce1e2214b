#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is any check of the heap dead? Switches each off in turn; then some test must fail.

    tests/reliability/check_the_checks.py [TEXT]     all, or those whose source has this text

A check is a call of one of CHECKS in alloc/allocators/cairn, or an `if` whose body is one of
REPORTS. In a copy of the sources it becomes one that always passes, with nothing else changed; the
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
HEAP = "alloc/allocators/cairn"
CHECKS = ("cairn_check", "check_sound")
REPORTS = ("cairn_heap_report_wrong", "cairn_heap_report_damage")

# The quickest first. What each is to do is enough to fail where a check is gone, and no more.
TESTS = (("unit", "alloc_heap", {}), ("reliability", "heap_damage", {}),
         ("reliability", "heap_bit_flips", {"TRIALS": "4000", "SEED": "1"}))
TIMEOUT = 120

FLAGS = ["-std=gnu17", "-O1", "-g", "-D_GNU_SOURCE", "-w"]
INCLUDES = ["base/include", "alloc/include", "hosts/posix", "tests/fuzz", "tests/unit/support",
            "tests/reliability/support"]
OTHERS = ["alloc/interface/allocator.c", "alloc/interface/region.c", "hosts/posix/host.c",
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
    everything = files(HEAP, ".c") + files("base", ".c") + files("tests/unit/support", ".c")
    return everything + OTHERS + files("tests/reliability/support", ".c")


def compile_object(source, folder, target):
    subprocess.run([os.environ.get("CC", "gcc"), *FLAGS, *(f"-I{path}" for path in INCLUDES),
                    "-c", os.path.join(folder, source), "-o", target], cwd=ROOT, check=True)


def object_of(folder, source):
    return os.path.join(folder, source.replace("/", "_") + ".o")


def build_common(folder):
    """Everything that holds no check: once."""
    for source in [name for name in sources() if not name.startswith(HEAP)]:
        compile_object(source, ROOT, object_of(folder, source))
    for suite, name, _ in TESTS:
        compile_object(f"tests/{suite}/{name}.c", ROOT, object_of(folder, name))


def build_heap(folder, copy):
    for source in files(HEAP, ".c"):
        compile_object(source, copy, object_of(folder, source))
    for _, name, _ in TESTS:
        subprocess.run([os.environ.get("CC", "gcc"), object_of(folder, name),
                        *(object_of(folder, source) for source in sources()), "-o",
                        os.path.join(folder, name), "-lcmocka", "-pthread"], check=True)


def failing_test(folder):
    """The name of the first test that fails, or nothing."""
    for _, name, environment in TESTS:
        try:
            ended = subprocess.run([os.path.join(folder, name)], cwd=ROOT, timeout=TIMEOUT,
                                   env=os.environ | environment, check=False,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return name
        if ended.returncode != 0:
            return name
    return ""


def try_without(folder, source, text, check):
    begin, end, instead = check
    copy = os.path.join(folder, "copy")
    shutil.copytree(os.path.join(ROOT, HEAP), os.path.join(copy, HEAP), dirs_exist_ok=True)
    with open(os.path.join(copy, source), "w", encoding="utf-8") as file:
        file.write(text[:begin] + instead + text[end:])
    build_heap(folder, copy)
    failed = failing_test(folder)
    line = text.count("\n", 0, begin) + 1
    what = " ".join(text[begin:end].split())[:100]
    print(f"{source}:{line}: {what}... [{'ok: ' + failed if failed else 'DEAD'}]", flush=True)
    return bool(failed)


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    count = dead = 0
    with tempfile.TemporaryDirectory() as folder:
        build_common(folder)
        shutil.copytree(os.path.join(ROOT, HEAP), os.path.join(folder, "copy", HEAP))
        build_heap(folder, os.path.join(folder, "copy"))
        if failing_test(folder):
            sys.exit(f"{failing_test(folder)} fails with every check on")
        for source in files(HEAP, ".h") + files(HEAP, ".c"):
            with open(os.path.join(ROOT, source), encoding="utf-8") as file:
                text = file.read()
            for check in find_checks(text):
                if wanted in text[check[0]:check[1]]:
                    count += 1
                    dead += not try_without(folder, source, text, check)
    print(f"{count} checks, {dead} dead")
    return 1 if dead or not count else 0


if __name__ == "__main__":
    sys.exit(main())

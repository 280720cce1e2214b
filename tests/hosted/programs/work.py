# SPDX-License-Identifier: MIT
"""Work for python3: objects of all sizes, threads, forked processes, and programs that it starts.

Run with PYTHONMALLOC=malloc, which lets every small object be a block of malloc's."""

import bisect
import hashlib
import json
import multiprocessing
import random
import subprocess
import sys
import threading
import zlib

random.seed(1)


def digest(value):
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def objects():
    words = ["".join(random.choices("abcdefgh", k=random.randrange(1, 40))) for _ in range(20000)]
    index = {}
    for word in words:
        bisect.insort(index.setdefault(word[0], []), word)
    for key in list(index)[::2]:
        del index[key]
    return json.loads(json.dumps(index))


def texts():
    text = "".join(random.choices("cairn ", k=300000))
    return [len(zlib.compress(text[:size].encode())) for size in range(0, 300000, 30000)]


def in_threads():
    results = [None] * 6

    def work(number):
        results[number] = sum(len(str(value) * number) for value in range(8000))

    for _ in range(3):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return results


def square(number):
    return [number * number] * (number % 100)


def in_processes():
    with multiprocessing.get_context("fork").Pool(3) as pool:
        return pool.map(square, range(500))


def in_programs():
    command = [sys.executable, "-c", "print(sum(map(len, map(str, range(20000)))))"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


for task in (objects, texts, in_threads, in_processes, in_programs):
    print(task.__name__, digest(task()))

# SPDX-License-Identifier: MIT
"""The proofs of make prove. They are proved where CBMC is; that they can be, everywhere."""

import importlib.util
import os

import pytest

from harness.tests import ROOT, expect, run_program, run_well

SPECIFICATION = importlib.util.spec_from_file_location("prove", f"{ROOT}/tests/proofs/prove.py")
prove = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(prove)


@pytest.mark.parametrize("name", prove.all_names())
def test_mutants_are_changes_of_the_sources(name):
    proof = prove.Proof(name)
    expect(proof.mutants, f"{name} has no mutant, so nobody knows whether it can fail")
    for path, before, after in proof.mutants:
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            expect(before in file.read(), f"{path} no longer has {before}")
        expect(before != after, f"{name} has a mutant that changes nothing")


@pytest.mark.parametrize("name", prove.all_names())
def test_proofs_compile(compiler, name):
    """CBMC's own function is only declared; variables that have any value are not initialised."""
    run_well([compiler, "-std=gnu17", "-fsyntax-only", "-Wall", "-Wextra", "-Wno-uninitialized",
              "-D__CPROVER_assume(condition)=((void)(condition))", f"-I{ROOT}/base/include",
              f"-I{ROOT}/alloc/include", f"{ROOT}/tests/proofs/{name}.c"])


def test_missing_cbmc_is_named(any_compiler, tmp_path):
    (tmp_path / "python3").symlink_to("/usr/bin/python3")
    ended = run_program(["/usr/bin/python3", f"{ROOT}/tests/proofs/prove.py"], PATH=str(tmp_path))
    expect(ended.status == 1 and "there is no cbmc here, so nothing was proved" in ended.output,
           "it does not say what is missing", ended.output)

# SPDX-License-Identifier: MIT
"""pytest sees the compilers that are tested."""


def test_compilers_are_given(compiler, any_compiler):
    assert compiler and any_compiler

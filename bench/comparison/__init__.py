# SPDX-License-Identifier: MIT
"""Comparing allocators: what bench/run and tools/replay share."""

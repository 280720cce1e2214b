# SPDX-License-Identifier: MIT
"""What `make test` runs: see tests/run.py."""

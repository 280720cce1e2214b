# SPDX-License-Identifier: MIT
"""What the tests of tests/system share."""

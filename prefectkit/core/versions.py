"""Comparison of Prefect versions."""

from __future__ import annotations

import re

_RELEASE = re.compile(r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?")


def release(version: str) -> tuple[int, int, int]:
    """Major, minor and patch: (3, 8, 8) of `3.8.8.dev1+4.gabc`; zeros if it is not a version."""
    found = _RELEASE.match(version.strip())
    major, minor, patch = found.groups(default="0") if found else "000"
    return int(major), int(minor), int(patch)

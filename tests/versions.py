"""The version of the server under test, and what only some versions do."""

from __future__ import annotations

from importlib.metadata import version

import pytest

INSTALLED = version("prefect")
CAME_WITH = {"observed_states.list": "3.9"}
"""The operations that not all servers have on which the whole suite runs, and the first version that has them."""


def at_least(wanted: str) -> bool:
    """Whether the server under test is of this version, such as `3.6`, or a later one."""
    return _numbers(INSTALLED) >= _numbers(wanted)


def is_absent(operation: str) -> bool:
    """Whether the server under test is too old for this operation."""
    return operation in CAME_WITH and not at_least(CAME_WITH[operation])


def since(wanted: str, reason: str) -> pytest.MarkDecorator:
    """A mark for a test of what older servers do differently, with what they do."""
    return pytest.mark.skipif(not at_least(wanted), reason=f"Prefect {INSTALLED}: {reason}")


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(".") if part.isdigit()]

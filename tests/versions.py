"""The version of the server under test, and what only some versions do."""

from __future__ import annotations

from enum import Enum
from importlib.metadata import version
from importlib.util import find_spec
from typing import TypeVar

import pytest

if find_spec("prefect") is None:
    pytest.skip("Prefect is not installed", allow_module_level=True)

E = TypeVar("E", bound=Enum)

INSTALLED = version("prefect")
CAME_WITH = {"observed_states.list": "3.9", "TaskRunSort.DURATION_ASC": "3.9", "TaskRunSort.DURATION_DESC": "3.9"}
"""The operations and members of enums that Prefect 3.8.8 lacks, and the first version that has them."""


def at_least(wanted: str) -> bool:
    """Whether the server under test is of this version, such as `3.6`, or a later one."""
    return _numbers(INSTALLED) >= _numbers(wanted)


def is_absent(name: str) -> bool:
    """Whether the server under test is too old for this operation, or member of an enum."""
    return name in CAME_WITH and not at_least(CAME_WITH[name])


def members(kind: type[E]) -> list[E]:
    """The members of an enum that the server under test knows."""
    return [member for member in kind if not is_absent(f"{kind.__name__}.{member.name}")]


def since(wanted: str, reason: str) -> pytest.MarkDecorator:
    """A mark for a test of what older servers do differently, with what they do."""
    return pytest.mark.skipif(not at_least(wanted), reason=f"Prefect {INSTALLED}: {reason}")


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(".") if part.isdigit()]

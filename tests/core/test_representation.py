"""A value that an error quotes is short, and an object says by what it is known."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID

import pytest

from prefectkit.core.representation import instead, shown

ID = UUID(int=7)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("nightly", "'nightly'"),
        (7, "7"),
        (None, "None"),
        (True, "True"),
        ([ID], f"[{ID!r}]"),
        ("x" * 200, "'" + "x" * 99 + "..."),
        (SimpleNamespace(id=ID, name="a"), f"a SimpleNamespace with the id '{ID}'"),
        (SimpleNamespace(id=None, name="a"), "a SimpleNamespace with the name 'a'"),
        (SimpleNamespace(id="y" * 200), f"a SimpleNamespace with the id '{'y' * 100}...'"),
        (SimpleNamespace, "<class 'types.SimpleNamespace'>"),
    ],
)
def test_how_a_value_is_shown(value: object, text: str) -> None:
    assert shown(value) == text


def test_which_attribute_to_pass_instead() -> None:
    assert instead(SimpleNamespace(id=ID, name="a"), "id") == ": pass its .id"
    assert instead(SimpleNamespace(id=ID, name="a"), "name", "id") == ": pass its .name"
    assert instead(SimpleNamespace(id=None), "id") == instead(7, "id") == ""

"""What counts as kept the way it was sent."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefectkit.core.retries.comparison import is_same

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@pytest.mark.parametrize(
    ("sent", "found", "same", "completed"),
    [
        (1, 1.0, True, True),
        (1, True, False, False),
        (False, 0, False, False),
        (True, True, True, True),
        (0, None, False, False),
        (None, "", False, True),
        ("", None, False, False),
        (None, 0, False, False),
        ("a", "A", False, False),
        ("1", 1, False, False),
        ([1, 2], [1, 2], True, True),
        ([1, 2], [2, 1], False, False),
        ([1], [1, 2], False, False),
        ([1, 2], [1], False, False),
        ([], {}, False, False),
        ([{"a": 1}], [{"a": 1, "b": 2}], False, True),
        ({"a": 1}, {"a": 1}, True, True),
        ({"a": 1}, {"a": 2}, False, False),
        ({"a": 1}, {"a": 1, "b": None}, False, True),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, False, True),
        ({"a": None}, {}, False, True),
        ({"a": 1}, {}, False, False),
        ({"a": 1}, {"b": 1}, False, False),
        ({"a": True}, {"a": 1}, False, False),
        ("2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", False, True),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000001Z", False, False),
        ("2024-01-01T00:00:00", "2024-01-01T00:00:00Z", False, False),
        ("2024-01-01T00:00:00Z", "soon", False, False),
        ("FREQ=DAILY", "DTSTART:20200101T000000\nFREQ=DAILY", False, True),
        ("FREQ=DAILY", "DTSTART:20200101T000000\nFREQ=WEEKLY", False, False),
        ("DAILY", "FREQ=DAILY", False, False),
    ],
)
def test_to_the_letter_and_filled_up_by_the_server(sent: Any, found: Any, same: bool, completed: bool) -> None:
    assert is_same(sent, found) is same
    assert is_same(sent, found, completed=True) is completed


@given(JSON, st.booleans())
def test_what_is_read_as_it_was_sent_is_the_same(value: Any, completed: bool) -> None:
    read = msgspec.json.decode(msgspec.json.encode(value))
    assert is_same(read, msgspec.json.decode(msgspec.json.encode(value)), completed=completed)
    assert is_same({"field": read}, {"field": read, "id": 1}, completed=True)

"""No header breaks out of its line, and no message shows a value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.http.headers import are_safe, check_headers


@pytest.mark.parametrize("headers", [[("a", "b")], "a: b", None, 7])
def test_headers_are_a_mapping(headers: Any) -> None:
    with pytest.raises(InvalidParameterError, match=rf"^headers must be a dict, got {type(headers).__name__}$"):
        check_headers(headers)


def test_headers_are_lower_case_and_stripped() -> None:
    assert check_headers({"X-Team": " data\t", "x-empty": "", "X-Latin": "caf\xe9"}) == {
        "x-team": "data",
        "x-empty": "",
        "x-latin": "caf\xe9",
    }


@pytest.mark.parametrize(
    "name", ["", " x", "x y", "x:", "x\r\n", "x\n", "\u00e4", "x\x00", "(x)", "x,y", 'x"', b"x", 1]
)
def test_an_invalid_header_name_is_refused(name: Any) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        check_headers({name: "value"})
    fault = "cannot be the name of a header" if isinstance(name, str) else "must be text, got str"
    assert str(caught.value) == f"{'' if isinstance(name, str) else 'header '}{name!r} {fault}"


@pytest.mark.parametrize("character", ["\r", "\n", "\r\n", "\x00", "\x0b", "\x1f", "\x7f", "\u2028", "€", "\ud800"])
def test_a_value_that_cannot_be_sent_is_refused_and_not_shown(character: str) -> None:
    with pytest.raises(InvalidParameterError, match=r"'x-key'.*percent-encode") as caught:
        check_headers({"x-key": f"hunter2{character}x-evil: 1"})
    assert str(caught.value) == (
        "the value of header 'x-key' has a line break or a character outside latin-1: percent-encode it"
    )
    assert are_safe({"x-key": f"a{character}b"}) is False
    assert are_safe({f"x{character}": "b"}) is False


@pytest.mark.parametrize("value", ["", "plain", "caf\xe9", "a\tb", "\xa0", " "])
def test_valid_header_values_are_safe(value: str) -> None:
    assert are_safe({"x-key": value, "x-other": "b"}) is True


@pytest.mark.parametrize("value", [None, 1, b"bytes"])
def test_a_value_is_text(value: Any) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        check_headers({"x-key": value})
    assert str(caught.value) == f"header 'x-key' must be text, got {type(value).__name__}"
    assert are_safe({"x-key": value}) is False


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_what_passes_the_check_is_safe(headers: dict[str, str]) -> None:
    try:
        checked = check_headers(headers)
    except InvalidParameterError:
        return
    assert are_safe(checked)
    for name, value in checked.items():
        assert not set(name + value) & set("\r\n\x00")
        value.encode("latin-1")

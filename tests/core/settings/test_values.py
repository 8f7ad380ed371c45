"""What a value may look like: as pydantic reads it, except where that would accept a mistake."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from prefectkit.core.settings.values import boolean, directory, headers, integer, number, secret, status_codes, text

INTEGER = integer(minimum=-(10**200))
NUMBER = number(minimum=-math.inf)
SPACES = st.text("\t\n ", max_size=2)
DIGITS = st.from_regex(r"[+-]?[0-9]{1,6}(_[0-9]{1,3}){0,2}(\.[0-9]{0,3})?", fullmatch=True)
WRITTEN = st.one_of(st.tuples(SPACES, DIGITS, SPACES).map("".join), st.text("0123456789+-_.e ", max_size=8))


def reads(read: Callable[[Any], Any], value: object) -> Any:
    try:
        return read(value)
    except (ValueError, ValidationError):
        return "refused"


@given(
    st.one_of(
        st.sampled_from("1 0 t f true false y n yes no on off".split()).flatmap(
            lambda word: st.sampled_from([word, word.upper(), word.title(), f" {word}"])
        ),
        st.text(max_size=6),
        st.booleans(),
        st.integers(-2, 2),
    )
)
def test_booleans_are_parsed_as_by_pydantic(value: object) -> None:
    assert reads(boolean, value) == reads(TypeAdapter(bool).validate_python, value)


@given(st.one_of(WRITTEN, st.integers(), st.floats()))
def test_integers_are_parsed_as_by_pydantic(value: object) -> None:
    # Of a float that is too large for 64 bits pydantic takes none; here it is a number like others.
    assume(not isinstance(value, float) or not abs(value) >= 2**63)
    assert reads(INTEGER, value) == reads(TypeAdapter(int).validate_python, value)


@given(st.one_of(st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_number_is_read_back_from_its_text(value: float) -> None:
    assert NUMBER(f" {value!r} ") == NUMBER(value) == value


@given(st.one_of(WRITTEN, st.text(max_size=5)))
def test_a_number_is_never_another_than_pydantic_reads(value: str) -> None:
    official = reads(TypeAdapter(float).validate_python, value)
    read = reads(NUMBER, value)
    # Pydantic takes `1._5` too, and refuses some numbers that have both spaces and `_`.
    assert read == official or "_" in value or not math.isfinite(float(official))


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "1e400", "٣", "", "1,5", "0x10", None, [1], True, 10**400])
def test_a_value_that_is_not_a_finite_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="it must be a number of at least 0"):
        number(minimum=0)(value)


@pytest.mark.parametrize("value", ["0", "-0.0", 0, -1, "-1e9"])
def test_a_number_above_zero_excludes_zero(value: object) -> None:
    with pytest.raises(ValueError, match="it must be a number greater than 0"):
        number(above=0)(value)


def test_limits_of_a_number_are_included() -> None:
    assert number(minimum=0)("0") == 0.0
    assert [integer(minimum=1, maximum=3)(value) for value in (1, "3")] == [1, 3]


@pytest.mark.parametrize("value", [0, "4", "1.5", 1.5, True, None, [2], "9" * 5000, "", math.inf, math.nan])
def test_a_value_that_is_not_an_integer_in_range_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="it must be a whole number from 1 to 3"):
        integer(minimum=1, maximum=3)(value)


@given(st.frozensets(st.integers(100, 599)), st.sampled_from([",", " , ", ",\t"]))
@example(frozenset(), " ")
def test_status_codes_are_read_from_every_form(codes: frozenset[int], separator: str) -> None:
    joined = separator.join(map(str, codes))
    assert status_codes(joined) == status_codes(f"[{joined}]") == codes
    assert status_codes(list(codes)) == status_codes([str(code) for code in codes]) == codes


@pytest.mark.parametrize("value", ["99", "600", "404,", "404 429", ["404", None], 20, "[404", {"404": 1}, "true", True])
def test_a_value_that_is_not_a_status_code_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="it must be status codes from 100 to 599"):
        status_codes(value)


def test_one_status_code_needs_no_list() -> None:
    assert status_codes(404) == status_codes("404") == {404}


def test_headers_are_a_json_object_or_a_table() -> None:
    assert headers('{"X-A": "1", "x-b": ""}') == headers({"X-A": "1", "x-b": ""}) == {"X-A": "1", "x-b": ""}


@pytest.mark.parametrize("value", ["", "X-A: 1", "[]", "null", '{"X-A": 1}', {"X-A": 1}, 5, '"\udcff"'])
def test_a_value_that_is_not_a_table_of_texts_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="it must be a JSON object") as refused:
        headers(value)
    assert refused.value.__suppress_context__, "the decoder's own error could show the value"


def test_text_is_taken_as_it_is() -> None:
    assert text(" a ") == " a "
    assert text("") == ""
    assert secret("pnu_x").reveal() == "pnu_x"


@pytest.mark.parametrize("read", [text, secret, directory])
def test_a_value_that_is_not_text_is_refused(read: Callable[[object], object]) -> None:
    with pytest.raises(ValueError, match="it must be text in quotes"):
        read(5)


def test_a_directory_may_begin_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert str(directory("~/prefect")) == "/home/me/prefect"
    assert str(directory("~no-such-user/x")) == "~no-such-user/x"

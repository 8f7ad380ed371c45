"""Retry-After gives a finite time to wait, or none."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prefectkit.core.retries.retry_after import parse_retry_after

DATE = "Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        (" ", None),
        ("0", 0.0),
        ("00", 0.0),
        ("1", 1.0),
        (" 5 ", 5.0),
        ("\t5", 5.0),
        ("120", 120.0),
        ("0.5", 0.5),
        ("1.25", 1.25),
        ("999999999999999999", 999999999999999999.0),
        ("9999999999999999999", None),
        ("1" * 400, None),
        ("-1", None),
        ("-0", None),
        ("+1", None),
        (".5", None),
        ("5.", None),
        ("1e9", None),
        ("1_000", None),
        ("0x10", None),
        ("inf", None),
        ("Infinity", None),
        ("nan", None),
        ("\uff15", None),
        ("5, 10", None),
        ("5;", None),
        ("5s", None),
        ("soon", None),
        ("null", None),
        (DATE, 0.0),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2015 07:27:00 GMT", 0.0),
        ("Wednesday, 21-Oct-15 07:29:00 GMT", 60.0),
        ("Wed Oct 21 07:28:10 2015", 10.0),
        ("Wed, 21 Oct 2015 09:28:05 +0200", 5.0),
        ("Wed, 21 Oct 2015 07:28:05 -0000", 5.0),
        ("Wed, 31 Feb 2015 07:28:00 GMT", None),
        ("Wed, 21 Oct 2015 25:28:00 GMT", None),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
        ("Wed, 21 Oct 2015 07:28:00 +9999", None),
        ("2015-10-21T07:28:30Z", None),
        ("Wed, 21 Oct 2015 07:211111111111111111111:00 GMT", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT+1", 0.0),
        (
            "Fri, 31 Dec 9999 23:59:59 GMT",
            (datetime(9999, 12, 31, 23, 59, 59) - datetime(2015, 10, 21, 7, 28)).total_seconds(),
        ),
    ],
)
def test_both_forms_and_nothing_else(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, DATE) == seconds


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_without_the_servers_clock_the_own_one_counts(date: str | None) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    seconds = parse_retry_after(until, date)
    assert seconds is not None
    assert 0 < seconds <= 3600


@settings(max_examples=500)
@given(
    st.one_of(
        st.text(),
        st.floats().map(str),
        st.integers().map(str),
        st.from_regex(r"(Mon|Wed), \d{1,3} [A-Z][a-z]{2} \d{1,5} \d\d:\d\d:\d\d( [A-Z]{1,4}| [+-]\d{4})?"),
    ),
    st.none() | st.text() | st.just(DATE),
)
def test_any_text_gives_a_finite_time_or_none(value: str, date: str | None) -> None:
    seconds = parse_retry_after(value, date)
    assert seconds is None or (math.isfinite(seconds) and seconds >= 0)

"""Escapes are decoded a level at a time, and places of the decoded text are mapped back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefectkit.core.security.decoded_text import decode_escapes, readable, source_spans, unfinished_escape


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("%41%6a", "Aj"),
        ("%C3%a4", "\xc3\xa4"),
        ("\xc3\xa4 \xe2\x82\xac \U0001f600", "ä € \U0001f600"),
        ("\xc3\xa4\xf0\x9f\x98\x80", "ä😀"),
        ("\\u0041 \\x43 \\D", "A C \\D"),
        ("\\\\u0042 \\\\\\u0000", "\\u0042 \\\0"),
        ('a\\"b\\/\\n\\', 'a"b/\\'),
        ("\\ud83d\\uDE00 \\ud83d", "😀 \ud83d"),
        ("\udce4", "ä"),
        ("&#65;&#x42;&#X43&amp;&lt;", "ABC&<"),
        ("&#9999999;", ""),
        ("a\0b\0", "ab"),
        ("a\r\n\tb\x7f", "ab"),
        ("\0\\\0u\0004\0001", "\\u41"),
        ("\\u00e4", "ä"),
        ("100% & more, &unknown; %zz", None),
        ("\xe4 Ä \xf4x", None),
        ("", None),
    ],
)
def test_one_level_is_decoded(text: str, decoded: str | None) -> None:
    assert decode_escapes(text) == decoded


def test_a_place_in_the_decoded_text_has_one_in_the_text() -> None:
    text = "a%41\nb\\u0043&amp;z"
    assert decode_escapes(text) == "aAbC&z"
    sources = [text[start:end] for start, end in source_spans(text, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)])]
    assert sources == ["a", "%41", "b", "\\u0043", "&amp;", "z"]
    assert list(source_spans(text, [(2, 6), (0, 3)])) == [(5, len(text)), (0, 6)]


@given(st.text("a%4\\u01&#;\0\xc3\xa4😀", max_size=60))
def test_each_character_comes_from_somewhere_in_order(text: str) -> None:
    decoded = decode_escapes(text)
    if decoded:
        places = [place for place, _ in source_spans(text, [(at, at + 1) for at in range(len(decoded))])]
        assert places == sorted(places)
        assert next(source_spans(text, [(0, len(decoded))]))[1] <= len(text)


@pytest.mark.parametrize("escape", ["%41", "\\u0041", "\\x41", "&#65", "&#x41", "&am"])
def test_an_escape_that_the_end_cuts_is_told(escape: str) -> None:
    for length in range(1, len(escape)):
        assert unfinished_escape("some text" + escape[:length]) == len("some text")
    assert unfinished_escape("some text") == len("some text")


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"a\xc3\xa4", "aä"), (b"a\xc3", "a"), (b"p\xe4ss", "päss"), (b"p\0\xe4\0", "p\0\xe4\0"), (b"", "")],
)
def test_bytes_are_read_without_a_loss(data: bytes, text: str) -> None:
    assert readable(data) == text


@pytest.mark.parametrize("bit", ["%41", "\\", "&#65;", "&a", "\\u00", "\xc3\xa4", "\0", "%", "\\ud83d\\ude00"])
def test_it_takes_linear_time(bit: str) -> None:
    def seconds(length: int) -> float:
        text = bit * (length // len(bit))
        began = time.process_time()
        decoded = decode_escapes(text)
        if decoded:
            list(source_spans(text, [(0, len(decoded))]))
        unfinished_escape(text)
        return time.process_time() - began

    assert seconds(160_000) < 30 * (min(seconds(20_000) for _ in range(3)) + 0.001)

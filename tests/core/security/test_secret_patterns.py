"""What looks like a secret in a text, found in linear time."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefectkit.core.security.secret_patterns import Span, replace_spans, secret_spans

S = "hunter2-canary_value"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.s5_-x"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n{S}\n-----END RSA PRIVATE KEY-----"


def shown(text: str) -> str:
    return replace_spans(text, secret_spans(text), lambda secret: "#" if secret else "(nothing)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Bearer {S}.", "Bearer #"),
        ("BASIC  dTpw==", "BASIC  #"),
        ("bearer abcdefghijklmnop", "bearer #"),
        ("a basic pipeline, a bearer of news", "a basic pipeline, a bearer of news"),
        ("basically bearer1", "basically bearer1"),
        ("key pnu_aB_9, PNB_x; pnx_1 xpnu_1", "key #, #; pnx_1 xpnu_1"),
        ("postgres://u:p@h/db", "postgres://#@h/db"),
        ("http://h/a@b", "http://h/a@b"),
        (f"({JWT})", "(#)"),
        (f"x{JWT}", f"x{JWT}"),
        ("clone ghp_0123456789abcdef, github_pat_0123456789abcdef_x", "clone #, #"),
        ("ghp_short glpat-0123456789abcdef xoxb-1234567890", "ghp_short # #"),
        (f"https://hooks.slack.com/services/T0/B0/{S}?x", "https://hooks.slack.com/services/#?x"),
        (f"https://Discord.com/api/webhooks/1/{S}", "https://Discord.com/api/webhooks/#"),
        (PEM, "-----BEGIN RSA PRIVATE KEY-----#-----END RSA PRIVATE KEY-----"),
        (f"-----BEGIN PRIVATE KEY-----{S}", "-----BEGIN PRIVATE KEY-----#"),
        ("-----BEGIN PUBLIC KEY-----abc", "-----BEGIN PUBLIC KEY-----abc"),
    ],
)
def test_keys_of_known_forms(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"password": "a b", "x": "y"}', '{"password": "#", "x": "y"}'),
        ('{"pin":4711,"n":1}', '{"pin":#,"n":1}'),
        ('{"pin" : -1.5e+3}', '{"pin" : #}'),
        ('{"password": ""}', '{"password": "(nothing)"}'),
        ('{"password": null, "token": {"a": 1}}', '{"password": null, "token": {"a": 1}}'),
        ('"token": "a\\"b\\\\", "c": "d"', '"token": "#", "c": "d"'),
        ('"token": "cut', '"token": "#'),
        ("{'pwd': 'it\\'s', 'a': 'b'}", "{'pwd': '#', 'a': 'b'}"),
        ("""'pwd': "a'b", 1""", """'pwd': "a'b", 1"""),
        ('"x\\"password": "a"', '"x\\"password": "a"'),
        ('\\"password": "a"', '\\"password": "a"'),
        ('password": "a"', 'password": "a"'),
        ('"max_tokens": "9", "name": "x"', '"max_tokens": "9", "name": "x"'),
        (f'"{"a" * 130}_password": "x"', f'"{"a" * 130}_password": "x"'),
        (f'"{"a" * 100}_password": "x"', f'"{"a" * 100}_password": "#"'),
        (f'{chr(92) * 15}"password{chr(92) * 15}": "x"', f'{chr(92) * 15}"password{chr(92) * 15}": "x"'),
    ],
)
def test_fields(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize("depth", range(4))
@pytest.mark.parametrize("secret", [S, 'a"b', "back\\", '\\"', "", "ü\n"])
def test_a_field_of_json_within_json(secret: str, depth: int) -> None:
    """At any level the value is hidden, and what follows is not."""
    before, text = {"password": "XX", "more": "kept"}, {"password": secret, "more": "kept"}
    inner, wanted = json.dumps(text), json.dumps(before)
    for _ in range(depth):
        inner, wanted = json.dumps({"said": inner}), json.dumps({"said": wanted})
    assert replace_spans(inner, secret_spans(inner), lambda _: "XX") == wanted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"?key={S}&q=1", "?key=#&q=1"),
        (f"/x?q=1&sig={S}", "/x?q=1&sig=#"),
        (f"key={S}", f"key={S}"),
        (f"x&api_key={S}#top", "x&api_key=#"),
        (f"Endpoint=https;AccountKey={S}==;EndpointSuffix=x", "Endpoint=https;AccountKey=#;EndpointSuffix=x"),
        ("password= x token=a,secret='b'", "password= x token=#,secret='b'"),
        ("max_tokens=5 page_token=6 =7 a==8", "max_tokens=5 page_token=6 =7 a==8"),
        (f"{'a' * 200}.password=x", f"{'a' * 200}.password=#"),
    ],
)
def test_parameters(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], "abcdef"),
        ([(1, 2)], "a[b]cdef"),
        ([(4, 6), (0, 1)], "[a]bcd[ef]"),
        ([(0, 3), (2, 4)], "[abcd]ef"),
        ([(0, 5), (1, 2)], "[abcde]f"),
        ([(0, 2), (2, 4)], "[ab][cd]ef"),
        ([(3, 3)], "abc[]def"),
    ],
)
def test_spans_that_overlap_are_one(spans: list[Span], expected: str) -> None:
    assert replace_spans("abcdef", spans, lambda text: f"[{text}]") == expected


@given(st.text(alphabet="\"'\\:=pwd 1&?bearer/@"))
def test_the_same_secrets_are_found_in_what_was_replaced(text: str) -> None:
    once = replace_spans(text, secret_spans(text), lambda _: "********")
    assert replace_spans(once, secret_spans(once), lambda _: "********") == once


BITS = {
    "quotes": '"', "backslashes": "\\", "escaped quotes": '\\"', "letters": "a", "fields": '"password": "',
    "escaped fields": '\\"pwd\\": \\"', "bearers": "bearer ", "keys": "-----BEGIN PRIVATE KEY-----", "places": "://a",
    "parameters": "password=", "signs": "=", "web tokens": "eyJ-", "web tokens with dots": "eyJaaaaaaaaaa.",
    "blanks": " ", "unclosed": '"' + "a" * 127, "odd escapes": '\\\\\\"', "hooks": "hooks.slack.com/services/",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("bit", BITS.values(), ids=BITS)
@pytest.mark.parametrize("start", ["", '"password": "', '\\"pwd\\": \\"', "basic", "?key="])
def test_no_text_takes_more_than_linear_time(bit: str, start: str) -> None:
    def seconds(length: int) -> float:
        text = start + bit * (length // len(bit))
        began = time.process_time()
        for _ in secret_spans(text):
            pass
        return time.process_time() - began

    # A search that reads everything twice for each piece would need 64 times as long for 8 times the text.
    assert seconds(160_000) < 30 * (min(seconds(20_000) for _ in range(3)) + 0.001)

"""Secrets found by their value, in every form in which somebody may repeat them."""

from __future__ import annotations

import base64
import copy
import gzip
import json
import pickle
import time
import zlib
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefectkit.core.security.known_secrets import KnownSecrets
from prefectkit.core.security.secret_patterns import replace_spans

S = 'wörd/one+two three&"four"\\five\''
LONG = "abcd-efgh-ijkl-mnop1"


def known(*secrets: str, **how: bool) -> KnownSecrets:
    found = KnownSecrets()
    for secret in secrets:
        found.add(secret, anywhere=how.get("anywhere", False), halves=how.get("halves", False))
    return found


def shown(text: str, *secrets: str, **how: bool) -> str:
    return replace_spans(text, known(*secrets, **how).spans(text), lambda _: "#")


def b64(data: bytes | str) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON with Unicode": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "repr": lambda text: repr(text)[1:-1],
    "quoted": quote,
    "quoted wholly": lambda text: quote(text, safe=""),
    "a form": quote_plus,
    "read as latin-1": lambda text: text.encode().decode("latin-1"),
    "UTF-16": lambda text: text.encode("utf-16-le").decode("latin-1"),
    "base64": b64,
    "base64 of a login": lambda text: b64(f"user:{text}"),
    "base64 in between": lambda text: b64(f"ab{text}xyz"),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(f"a{text}".encode()).decode(),
    "base64 twice": lambda text: b64(b64(f"Bearer {text}")),
    "base64 three times": lambda text: b64(b64(b64(f"Bearer {text}"))),
    "base64 of JSON": lambda text: b64(json.dumps({"key": text})),
    "base64 of gzip": lambda text: b64(gzip.compress(text.encode())),
    "base64 of zlib": lambda text: b64(zlib.compress(text.encode())),
    "hexadecimal": lambda text: text.encode().hex(),
    "HEXADECIMAL": lambda text: text.encode().hex().upper(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("secret", [S, "plain-secret-0123456", "user:pässword", "😀 emoji secret"])
def test_each_form_is_found_and_nothing_beside_it(form: Callable[[str], str], secret: str) -> None:
    assert shown(f"it was <{form(secret)}>, again {form(secret)}", secret) == "it was <#>, again #"


def test_quotes_may_be_in_lower_case() -> None:
    assert shown(quote(S, safe="").lower(), S) == "#"


def test_entities_are_read() -> None:
    assert shown("<p>key a&#98;c_d&amp;e1</p> f&g", "abc_d&e1") == "<p>key #</p> f&g"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_packed_body_with_a_secret_is_one(pack: Callable[[bytes], bytes]) -> None:
    assert shown(pack(b'{"a": "plain-secret-0123456"}').decode("latin-1"), "plain-secret-0123456") == "#"
    inner = pack(pack(b"plain-secret-0123456")).decode("latin-1")
    assert shown(inner, "plain-secret-0123456") == "#"
    harmless = pack(b"nothing").decode("latin-1")
    assert shown(harmless, "plain-secret-0123456") == harmless


def test_packed_too_often_or_broken_is_left() -> None:
    data = b"plain-secret-0123456"
    for _ in range(5):
        data = gzip.compress(data)
    for text in (data.decode("latin-1"), "\x1f\x8b broken", "x\u1234"):
        assert shown(text, "plain-secret-0123456") == text


def test_other_encoded_texts_and_ids_stay() -> None:
    uuid, other, digits = "0190c6d2-7e9b-7c3a-8b0e-5d1f2a3b4c5d", b64("nothing of it, at all"), "0123456789abcdef0"
    text = f"{uuid} {other} {digits}"
    assert shown(text, "plain-secret-0123456") == text


def test_a_short_secret_counts_as_a_whole_word() -> None:
    assert shown("abc1 xabc1 abc1x (abc1) abc1", "abc1") == "# xabc1 abc1x (#) #"
    assert shown("xabc1y", "abc1", anywhere=True) == "x#y"
    assert shown("xabc123y", "abc123") == "x#y"
    assert shown("abc", "abc") == "abc"


def test_the_half_of_a_long_one_counts_if_asked() -> None:
    assert shown(f"{LONG[:10]} {LONG[10:]} {LONG[5:15]} {LONG[:9]}", LONG, halves=True) == f"# # # {LONG[:9]}"
    assert shown(LONG[:10], LONG) == LONG[:10]
    assert shown(f"{LONG[:15]} {LONG[:14]}", LONG[:15], halves=True) == f"# {LONG[:14]}"
    assert shown(f"{LONG[:16]} {LONG[:8]} {LONG[:7]}", LONG[:16], halves=True) == f"# # {LONG[:7]}"
    twice = known(LONG)
    twice.add(LONG, halves=True)
    assert list(twice.spans(LONG[:10])) == [(0, 10)]


def test_it_shows_nothing_of_itself() -> None:
    secrets = known(LONG, "abc1")
    assert repr(secrets) == str(secrets) == "<KnownSecrets>"
    assert bool(secrets) and not KnownSecrets()
    assert LONG.encode() not in pickle.dumps(secrets)
    assert not pickle.loads(pickle.dumps(secrets)) and not copy.deepcopy(secrets)


def test_it_takes_over_what_another_knows() -> None:
    one, other = known(LONG), known("abc1", "other-secret")
    one.update(other)
    text = f"{LONG} abc1 xabc1 other-secret"
    assert replace_spans(text, one.spans(text), lambda _: "#") == "# # xabc1 #"
    assert list(one.spans("")) == []


@given(st.text(min_size=4, max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_found_in_any_other(secret: str, before: str, after: str) -> None:
    if len(secret) < 6:
        before, after = before + " ", " " + after
    text = before + secret + after
    assert secret not in replace_spans(text, known(secret).spans(text), lambda _: "\0")


@pytest.mark.parametrize("bit", ["a", "QUJD", "&amp;", "ab ", "1f8b", "\x1f\x8b", "abcd"])
def test_it_takes_linear_time(bit: str) -> None:
    secrets = known("abcdabcdabcdabcd", "a" * 16, halves=True)

    def seconds(length: int) -> float:
        text = bit * (length // len(bit))
        began = time.process_time()
        for _ in secrets.spans(text):
            pass
        return time.process_time() - began

    assert seconds(160_000) < 30 * (min(seconds(20_000) for _ in range(3)) + 0.001)

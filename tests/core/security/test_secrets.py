"""Nothing that looks like a secret is shown."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefectkit.core.security.redaction import redact
from prefectkit.core.security.secrets import MASK, Secret


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret("hunter2")
    assert secret.reveal() == "hunter2"
    for text in (repr(secret), str(secret), f"{secret}", f"{secret!r}", format(secret), repr([secret])):
        assert "hunter2" not in text
        assert MASK in text
    assert not hasattr(secret, "__dict__")


def test_a_secret_is_compared_by_its_value_with_its_like() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b"), "a"}) == 3
    assert Secret("a")
    assert not Secret("")


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="another way"):
        pickle.dumps(Secret("hunter2"))
    with pytest.raises(TypeError, match="another way"):
        copy.copy(Secret("hunter2"))


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("Bearer hunter2", f"Bearer {MASK}"),
        ("authorization: bearer hun.ter2+/=", f"authorization: bearer {MASK}"),
        ("Basic aHVudGVyMg==", f"Basic {MASK}"),
        ("key pnu_hunter2 and pnb_hunter2", f"key {MASK} and {MASK}"),
        ("http://me:hunter2@host/x", f"http://{MASK}@host/x"),
        ('{"password": "hunter2", "a": 1}', f'{{"password": "{MASK}", "a": 1}}'),
        ('{"db_password":"hun\\"ter2"}', f'{{"db_password":"{MASK}"}}'),
        ('"api_key": "hunter2', f'"api_key": "{MASK}'),
        ('"apiKey": "hunter2"', f'"apiKey": "{MASK}"'),
        ('"x-Secret-y": "hunter2"', f'"x-Secret-y": "{MASK}"'),
        ('"access_token": ""', f'"access_token": "{MASK}"'),
        ('"credentials": "hunter2"', f'"credentials": "{MASK}"'),
        ("basically a bearer", "basically a bearer"),
        ("http://host/me@x", "http://host/me@x"),
        ('"name": "x"', '"name": "x"'),
    ],
)
def test_a_text_is_scrubbed(text: str, scrubbed: str) -> None:
    assert redact(text) == scrubbed


@given(st.text())
def test_scrubbing_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once

"""What is taken out of parsed JSON, and of responses that are kept."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from prefectkit.core.errors import NotFound
from prefectkit.core.http.messages import Response
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.operation import Operation
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.core.security.redaction import REDACTED, redact, redact_json
from prefectkit.core.security.secrets import MASK


@pytest.mark.parametrize(
    ("value", "scrubbed"),
    [
        ("Bearer hunter2", f"Bearer {MASK}"),
        ({"a": ["pnu_hunter2", 5, None]}, {"a": [MASK, 5, None]}),
        ({"DB_PASSWORD": "hunter2", "user": "me"}, {"DB_PASSWORD": MASK, "user": "me"}),
        ({"apikey": "a", "api_key": "b", "my-token": "c", "Secret": "d", "credentials": "e"}, None),
        ({"password": {"min": 8, "said": "too short"}}, {"password": {"min": 8, "said": "too short"}}),
        ({"pin": 4711, "password": None, "tags": []}, {"pin": MASK, "password": None, "tags": []}),
        (None, None),
        (True, True),
    ],
)
def test_json_is_scrubbed(value: Any, scrubbed: Any) -> None:
    if isinstance(value, dict) and scrubbed is None:
        scrubbed = dict.fromkeys(value, MASK)
    assert redact_json(value) == scrubbed


def test_a_field_is_found_in_json_within_json() -> None:
    body = json.dumps({"detail": json.dumps({"user": "me", "password": "hunter2", "more": 1})})
    assert redact(body) == '{"detail": "{\\"user\\": \\"me\\", \\"password\\": \\"********\\", \\"more\\": 1}"}'


def refused(path: str, body: bytes) -> NotFound:
    """An error for a response with a cookie, as it comes out of a pickle."""
    error = NotFound("no", response=Response(404, {"set-cookie": "hunter2", "date": "today"}, body, deduplicated=True))
    if path:
        error.operation = Operation(name="x.y", method="GET", path=PathTemplate(path), retry_safety=RetrySafety.READ)
    return pickle.loads(pickle.dumps(error))


@pytest.mark.parametrize(
    ("path", "body", "kept"),
    [
        ("/flows/", b'{"detail":"no such flow"}', b'{"detail":"no such flow"}'),
        ("/flows/", b'{"password":"hunter2"}', f'{{"password":"{MASK}"}}'.encode()),
        ("/variables/name/{name}", b'{"value":"hunter2"}', REDACTED.encode()),
        ("", b"Bearer hunter2", f"Bearer {MASK}".encode()),
        ("", b"", b""),
    ],
)
def test_a_pickled_error_has_no_secret(path: str, body: bytes, kept: bytes) -> None:
    response = refused(path, body).response
    assert (response.status, response.deduplicated, response.body) == (404, True, kept)
    assert response.headers == {"set-cookie": REDACTED, "date": "today"}

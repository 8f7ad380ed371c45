"""What a plugin or a log may see of headers and bodies, and what else is scrubbed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefectkit.core.security import redaction
from prefectkit.core.security.known_secrets import KnownSecrets
from prefectkit.core.security.redaction import (
    REDACTED,
    SHOWN_HEADERS,
    add_patterns,
    added_patterns,
    is_secret_route,
    redact,
    redact_body,
    redact_request_headers,
    redact_response_headers,
)
from prefectkit.core.security.secrets import MASK


@pytest.fixture
def none_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_added", {})


def test_the_words_and_names_that_are_promised() -> None:
    assert REDACTED == "<redacted>"
    assert SHOWN_HEADERS == {
        "accept",
        "accept-encoding",
        "accept-language",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "traceparent",
        "tracestate",
        "user-agent",
        "x-prefect-api-version",
        "x-request-id",
    }


def test_of_a_request_only_harmless_headers_are_shown() -> None:
    shown = redact_request_headers({"accept": "json", "x-team": "data", "authorization": "k", "Accept": "json"})
    assert shown == {"accept": "json", "x-team": REDACTED, "authorization": REDACTED, "Accept": REDACTED}


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "cookie",
        "prefect-csrf-client",
        "prefect-csrf-token",
        "proxy-authorization",
        "set-cookie",
        "x-auth",
        "my-cookies",
        "credential-id",
        "csrf",
        "cf-access-jwt-assertion",
        "api-key",
        "location",
        "x-passwd",
        "Client-Secret",
        "session-id",
        "x-signature",
        "TOKEN",
    ],
)
def test_of_a_response_headers_that_sound_secret_are_not_shown(name: str) -> None:
    assert redact_response_headers({name: "hunter2", "content-type": "json"}) == {
        name: REDACTED,
        "content-type": "json",
    }


@pytest.mark.parametrize("name", ["content-type", "date", "retry-after", "x-request-id", "server", "x-team"])
def test_of_a_response_all_others_are(name: str) -> None:
    assert redact_response_headers({name: "v"}) == {name: "v"}


@pytest.mark.parametrize(
    ("target", "bears"),
    [
        ("/block_documents/", True),
        ("/block_documents/filter", True),
        ("/block_documents", True),
        ("/block_types/slug/a/block_documents", True),
        ("/block_types/slug/a/block_documents/name/b?include_secrets=true", True),
        ("/block%5Fdocuments/x", True),
        ("/variables/", True),
        ("/variables/name/a", True),
        ("/work_pools/filter", True),
        ("/admin/settings", True),
        ("/csrf-token?client=a", True),
        ("/flows/", False),
        ("/admin/version", False),
        ("/flows/filter?x=/block_documents/", False),
        ("/block_documents_of", False),
        ("/block_types/", False),
        ("/x/variables/", False),
        ("/x/work_pools", False),
        ("/variables2", False),
    ],
)
def test_the_routes_whose_bodies_are_secret(target: str, bears: bool) -> None:
    assert is_secret_route(target) is bears
    assert redact_body(target, b'{"a":1}') == (REDACTED.encode() if bears else b'{"a":1}')
    assert redact_body(target, b"") == b""


@pytest.mark.parametrize("name", ["base_job_template", "job_variables", "infra_overrides"])
@pytest.mark.parametrize(
    ("value", "hidden"), [('{"env":1}', True), ("[]", True), ("null", False), ("{}", False), ("{ }", False)]
)
def test_the_settings_of_jobs_are_secret_wherever_they_stand(name: str, value: str, hidden: bool) -> None:
    for text in (f'{{"x":1,"{name}":{value}}}', f'[{{"{name}" : {value}}}]'):
        assert redact_body("/deployments/", text.encode()) == (REDACTED if hidden else text).encode()


def test_a_known_secret_is_redacted_in_the_name_of_a_header() -> None:
    known = KnownSecrets()
    known.add("Hunter2-canary")
    assert redact_response_headers({"x-hunter2-canary": "v", "date": "d"}, known) == {f"x-{MASK}": "v", "date": "d"}


def test_a_text_may_end_within_a_known_secret_where_it_is_cut() -> None:
    known = KnownSecrets()
    known.add("hunter2-canary")
    assert redact("said hunter", known) == "said hunter"
    assert redact("said hunter", known, is_cut=True) == f"said {MASK}"


def test_a_body_that_cannot_be_parsed_is_redacted_as_text() -> None:
    assert redact_body("/flows/", b"[" * 100_000) == b"[" * 100_000
    assert redact_body("/flows/", b'{"tokens":["hunter2"]}') == f'{{"tokens":["{MASK}"]}}'.encode()


def test_any_other_body_is_scrubbed_and_else_as_it_was() -> None:
    assert redact_body("/flows/", b'{"password":"hunter2","a":"\xff"}') == f'{{"password":"{MASK}","a":"'.encode() + (
        b'\xff"}'
    )
    assert redact_body("/flows/", "ü".encode()) == "ü".encode()


@given(st.binary())
def test_a_body_without_secrets_survives(body: bytes) -> None:
    if redact(text := body.decode(errors="surrogateescape")) == text and b"job" not in body and b"infra" not in body:
        assert redact_body("/flows/", body) == body


@pytest.mark.usefixtures("none_added")
def test_further_patterns_are_scrubbed_too() -> None:
    assert added_patterns() == ()
    add_patterns(["hunter[0-9]+", "(?i)lucille"])
    assert redact("hunter22 Lucille hunter hunter3") == f"{MASK} {MASK} hunter {MASK}"
    add_patterns(["hunter[0-9]+", "X"])
    assert [pattern.pattern for pattern in added_patterns()] == ["hunter[0-9]+", "(?i)lucille", "X"]
    assert redact_body("/flows/", b"hunter2") == MASK.encode()


@pytest.mark.usefixtures("none_added")
@pytest.mark.parametrize(
    ("patterns", "error", "message"),
    [
        (["good", 7], TypeError, "a pattern must be text, got int"),
        (["good", "("], re.error, "missing ), unterminated subpattern at position 0"),
        (["good", "x*"], ValueError, "the pattern 'x*' matches the empty text"),
        (["good", ""], ValueError, "the pattern '' matches the empty text"),
    ],
)
def test_a_pattern_of_no_use_is_refused_with_all_that_came_with_it(
    patterns: list[str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        add_patterns(patterns)
    assert str(caught.value) == message
    assert added_patterns() == ()

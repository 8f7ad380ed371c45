"""What an exchange may not say of itself."""

from __future__ import annotations

import base64
import copy
import json
import pickle
from typing import Any

import pytest

from prefectkit.core.errors import (
    AmbiguousOutcomeError,
    CallError,
    ResponseDecodeError,
    StatusError,
    TransportError,
)
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.status import status_error
from prefectkit.core.security.error_redaction import redact_error
from prefectkit.core.security.known_secrets import KnownSecrets
from prefectkit.core.security.redaction import REDACTED
from prefectkit.core.security.redactor import Redactor, add_headers
from prefectkit.core.security.secrets import MASK

S = "hunter2-canary_value"


def of(target: str = "/flows/", body: Any = None, headers: dict[str, str] | None = None) -> Redactor:
    return Redactor(target, headers or {}, b"" if body is None else json.dumps(body).encode())


@pytest.mark.parametrize(
    ("name", "value", "echo", "said"),
    [
        ("authorization", f"Bearer {S}", S, MASK),
        ("authorization", f"Bearer {S}", S[:10], MASK),
        ("authorization", f"Custom {S}", f"Custom {S}", MASK),
        ("authorization", S, S, MASK),
        (
            "authorization",
            f"Basic {base64.b64encode(b'me:' + S.encode()).decode()}",
            f"me {S} me:{S}",
            f"me {MASK} {MASK}",
        ),
        ("authorization", "Basic not-base64!", "not-base64!", MASK),
        ("authorization", f"Bearer {S}", f"Bearer {S}", f"Bearer {MASK}"),
        ("authorization", f"Basic {base64.b64encode(b'me:abcd9').decode()}", "abcd9", MASK),
        ("authorization", f"Basic {base64.b64encode(b'me:' + bytes([255]) + b'abcd9').decode()}", "abcd9", "abcd9"),
        ("authorization", f"Bearer {base64.b64encode(b'me:abcd9').decode()}", "abcd9", "abcd9"),
        ("cookie", f"a={S}; b=xyz12", f"a {S} xyz12", f"a {MASK} {MASK}"),
        ("set-cookie", f"sid={S}; Path=/flows; HttpOnly; Max-Age=99999", f"{S} /flows 99999", f"{MASK} /flows 99999"),
        ("x-api-key", "abc1", "key abc1", f"key {MASK}"),
        (
            "set-cookie",
            f"sid={S}; Domain=api.example; Expires=Thu-01-Jan-1970; SameSite=Stricter",
            f"{S} api.example Thu-01-Jan-1970 Stricter",
            f"{MASK} api.example Thu-01-Jan-1970 Stricter",
        ),
        ("content-disposition", "attachment-9", "attachment-9", "attachment-9"),
        ("date", "Thu, 01 Jan 1970", "Thu, 01 Jan 1970", "Thu, 01 Jan 1970"),
        ("retry-after", "1234567", "1234567", "1234567"),
        ("x-team", "data-9", "team data-9", f"team {MASK}"),
        ("x-team", "data1", "team data1", "team data1"),
        ("x-team", "platform", "team platform", "team platform"),
        ("x-team", "letters-and-dashes", "letters-and-dashes", MASK),
        ("x-prefect-flow-id", "0190c6d2-7e9b", "0190c6d2-7e9b", "0190c6d2-7e9b"),
        ("x-prefect-key", "0190c6d2-7e9b", "0190c6d2-7e9b", MASK),
        ("idempotency-key", "0190c6d2-7e9b", "0190c6d2-7e9b", "0190c6d2-7e9b"),
        ("x-request-id", "0190c6d2-7e9b", "0190c6d2-7e9b", "0190c6d2-7e9b"),
    ],
)
def test_what_was_sent_in_a_header_is_not_repeated(name: str, value: str, echo: str, said: str) -> None:
    assert of(headers={name: value}).text(echo) == said


def test_a_custom_header_is_no_secret_where_a_harmless_one_has_its_value() -> None:
    headers = {"content-type": "application/json", "x-kind": "application/json", "x-team": "data-9"}
    assert of(headers=headers).text("application/json data-9") == f"application/json {MASK}"


def test_the_custom_headers_of_a_response_are_no_secrets() -> None:
    asked = Request("GET", "http://h", "/flows/", headers={"x-team": "data-9"})
    received = Response(200, {"x-node": "node-7", "set-cookie": "a=cookie-1"})
    assert Redactor.of(asked, received).text("data-9 node-7 cookie-1") == f"{MASK} node-7 {MASK}"


def test_without_a_body_nothing_is_left_to_find() -> None:
    assert Redactor("/variables/").text("nothing") == "nothing"


def test_a_text_that_is_cut_may_end_within_a_secret() -> None:
    redactor = of(headers={"authorization": f"Bearer {S}"})
    assert redactor.text(f"said {S[:6]}") == f"said {S[:6]}"
    assert redactor.text(f"said {S[:6]}", is_cut=True) == f"said {MASK}"


def test_of_a_response_only_headers_that_sound_secret_are_looked_for() -> None:
    known = KnownSecrets()
    add_headers(known, {"set-cookie": "a=cookie-1", "location": "http://h/place-1", "x-team": "data-9"}, sent=False)
    text = "cookie-1 http://h/place-1 data-9"
    assert [text[start:end] for start, end in known.spans(text)] == ["cookie-1"]


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ("/variables/", {"name": "x", "value": S}),
        ("/variables/", {"name": "x", "value": {"a": [S]}}),
        ("/block_documents/", {"data": {"dsn": S}}),
        ("/block_types/slug/x/block_documents", [{"data": [S]}]),
        ("/flow_runs/", {"parameters": {"db": {"password": S}}}),
        ("/flow_runs/", {"parameters": {"credentials": {"user": "me", "it": [S]}}}),
        ("/deployments/x/create_flow_run", {"job_variables": {"env": {"A": S}}}),
        ("/deployments/x", {"job_variables": {"environment": [{"name": "A", "value": S}]}}),
        ("/work_pools/", {"base_job_template": {"variables": {"properties": {"env": {"default": {"A": S}}}}}}),
        *(
            ("/work_pools/", {"base_job_template": {"variables": {"properties": {"token": {word: value}}}}})
            for word, value in {"examples": [S], "example": S, "const": S, "enum": [S], "default": S}.items()
        ),
        ("/work_pools/", {"variables": {"properties": {"job": {"default": {"env": {"A": S}}}}}}),
        ("/flows/", {"properties": ["text"], "password": S}),
        ("/flows/", {"properties": {"token": "text", "more": {"password": S}}}),
        *(
            ("/flow_runs/", {"job_variables": {name: {"A": S}}})
            for name in ("env_vars", "environment_variables", "environmentVariables", "envVars")
        ),
        ("/flow_runs/", {"infra_overrides": {"env": {"A": S}}}),
        ("/work_pools/", {"base_job_template": {"job_configuration": {"manifest": [{"env": [{"value": S}]}]}}}),
    ],
)
def test_what_was_sent_in_a_body_is_not_repeated(target: str, body: Any) -> None:
    redactor = of(target, body)
    assert redactor.text(f"INSERT ('{S}')") == f"INSERT ('{MASK}')"
    assert redactor.json({"said": [f"<{S}>"], S: None}) == {"said": [f"<{MASK}>"], MASK: None}


def test_numbers_are_looked_for_and_words_of_schemas_are_not() -> None:
    assert of("/variables/", {"value": [471147, 1.25, 7, True]}).text("471147 1.25 7 true") == f"{MASK} {MASK} 7 true"
    schema = {"env": {"title": "Variables", "type": "object", "default": {"A": S}}, "name": {"default": "process"}}
    template = {"variables": {"properties": schema}}
    assert of("/work_pools/", {"base_job_template": template}).text(f"Variables object process {S}") == (
        f"Variables object process {MASK}"
    )
    assert of("/flow_runs/", {"parameters": {"env": {"A": S}}}).text(S) == S
    assert of("/flows/", {"limit": 471147, "pin": "4711"}).text("471147 4711") == f"471147 {MASK}"


@pytest.mark.parametrize(
    ("target", "value", "shown"),
    [
        ("/variables/", {"name": "x", "value": {"a": 1}}, {"name": "x", "value": MASK}),
        ("/variables/", {"value": None}, {"value": None}),
        ("/block_documents/", {"data": {"a": "b"}, "value": "c"}, {"data": MASK, "value": "c"}),
        ("/flows/", {"data": "a", "job_variables": {"x": "y"}}, {"data": "a", "job_variables": MASK}),
        ("/flows/", {"tokens": ["a", 1], "max_tokens": "9"}, {"tokens": [MASK, MASK], "max_tokens": "9"}),
        ("/flows/", None, None),
        ("/flows/", {"infra_overrides": {"x": "y"}}, {"infra_overrides": MASK}),
        ("/admin/settings", {"key": "a", "name": "b"}, {"key": MASK, "name": "b"}),
        ("/flows/filter?x=/block_documents/", {"data": "a"}, {"data": "a"}),
        ("/flows/", {"password": True, "tokens": [{"min": 8}]}, {"password": True, "tokens": [{"min": 8}]}),
    ],
)
def test_json_is_hidden_by_the_names_of_its_fields(target: str, value: Any, shown: Any) -> None:
    assert of(target).json(value) == shown


@pytest.mark.parametrize(
    ("target", "body", "hides"),
    [
        ("/variables/name/x", b"", True),
        ("/work_pools/x", b"", True),
        ("/flow_runs/", b'{"job_variables": {"a": 1}}', True),
        ("/flow_runs/", b'{"job_variables": {}}', False),
    ],
)
def test_bodies_of_an_exchange_with_secrets_are_not_shown(target: str, body: bytes, hides: bool) -> None:
    redactor = Redactor(target, {}, body)
    assert redactor.redacts_bodies is hides
    assert redactor.body(b'{"a":1}') == (REDACTED.encode() if hides else b'{"a":1}')
    assert redactor.body(b"") == b""


@pytest.mark.parametrize(
    ("target", "body", "hides"),
    [
        ("/variables/", b'{"value": "' + b"x" * 2**18 + b'"}', True),
        ("/flows/", b'{"name": "' + b"x" * 2**18 + b'"}', False),
        ("/variables/", b"value=x", True),
        ("/flows/", b"value=x", False),
        ("/variables/", b"", False),
        ("/variables/", b'{"value": "' + b"x" * (2**18 - 13) + b'"}', False),
        ("/flows/", b"[" * 100_000, False),
        ("/flows/", b'{"name": "\xff"}', False),
        ("/flows/", json.dumps({"tokens": ["abc"] * 201}).encode(), False),
        ("/flows/", json.dumps({"tokens": ["abcdef"] * 200}).encode(), False),
        ("/flows/", json.dumps({"tokens": ["abcdef"] * 201}).encode(), True),
    ],
)
def test_where_secrets_cannot_be_picked_out_nothing_is_shown(target: str, body: bytes, hides: bool) -> None:
    redactor = Redactor(target, {}, body)
    assert redactor.text("nothing") == (MASK if hides else "nothing")
    assert redactor.json(["a"]) == (MASK if hides else ["a"])
    assert redactor.json(None) is None


def test_it_shows_nothing_of_itself() -> None:
    redactor = of("/variables/?key=" + S, {"value": S}, {"authorization": S})
    assert repr(redactor) == "<Redactor>"
    assert S.encode() not in pickle.dumps(redactor)
    assert copy.copy(redactor).body(b"x") == REDACTED.encode()


def request(target: str = "/flows/", body: bytes = b"") -> Request:
    known = KnownSecrets()
    known.add("of-the-transport")
    return Request("POST", "http://h/api", target, headers={"x-gw": S}, body=body, known=known)


def test_an_error_and_its_causes_are_redacted() -> None:
    error = TransportError(f"broken: {S}")
    error.__cause__ = OSError(f"cannot read b'{S}'", 5)
    error.__cause__.__context__ = ValueError(f"of-the-transport {S}")
    error.request_id = f"id-{S}"
    redact_error(error, Redactor.of(request()))
    assert str(error) == f"broken: {MASK}" and error.request_id == f"id-{MASK}"
    assert error.__cause__.args == (f"cannot read b'{MASK}'", 5)
    assert error.__cause__.__context__.args == (f"{MASK} {MASK}",)


def test_a_circle_of_causes_has_an_end() -> None:
    error: CallError = AmbiguousOutcomeError(S)
    error.__cause__ = error
    redact_error(error, Redactor.of(request()))
    assert error.args == (MASK,)


@pytest.mark.parametrize(
    ("target", "excerpt", "shown"),
    [("/variables/", "x", REDACTED), ("/variables/", "", ""), ("/flows/", f"x {S}", f"x {MASK}")],
)
def test_an_excerpt_is_of_a_body(target: str, excerpt: str, shown: str) -> None:
    error = ResponseDecodeError("odd", content_type=f"text/x; k={S}", excerpt=excerpt)
    redact_error(error, Redactor.of(request(target)))
    assert (error.excerpt, error.content_type) == (shown, f"text/x; k={MASK}")


def refusal(response: Response, target: str = "/flows/", body: bytes = b"") -> StatusError:
    return status_error(request(target, body), response)


def test_a_refusal_repeats_nothing_that_was_sent() -> None:
    error = refusal(Response(400, {"x-echo": S, "set-cookie": "a=cookie-1"}, f"{S} cookie-1 of-the-transport".encode()))
    assert f"{MASK} {MASK} {MASK}" in str(error) and error.detail == f"{MASK} {MASK} {MASK}"
    restored = pickle.loads(pickle.dumps(error))
    assert restored.response.body == f"{MASK} {MASK} {MASK}".encode()
    assert restored.response.headers == {"x-echo": MASK, "set-cookie": REDACTED}
    assert "redactor" not in vars(restored) and error.redactor is not None
    assert error.response.body == f"{S} cookie-1 of-the-transport".encode()


@pytest.mark.parametrize("name", ["detail", "exception_detail"])
def test_what_a_fault_repeats_is_left_out(name: str) -> None:
    fault = {"loc": ["body", "x"], "msg": "no", "type": "t", "input": "abc", "ctx": {"given": "abc"}}
    error = refusal(Response(422, {}, json.dumps({name: [fault, "more"]}).encode()))
    assert error.detail == [{"loc": ["body", "x"], "msg": "no", "type": "t"}, "more"]


def test_the_response_to_a_request_with_secrets_is_not_pickled() -> None:
    error = refusal(Response(500, {}, b"text"), "/flow_runs/", b'{"job_variables": {"a": 1}}')
    assert pickle.loads(pickle.dumps(error)).response.body == REDACTED.encode()
    assert "text" in str(error)

"""Credentials and custom headers that a server repeats in its responses are redacted in the recording."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.cassette.secret_registry import SecretRegistry
from tests.transports.cassette_fakes import record, replay

KEY, HEADER, LOGIN, COOKIE = "own-Zq81canarykey00", "gw-canary-9876", "me:pa55-word-canary", "abc12"
SENT = {"authorization": f"Bearer {KEY}", "x-team": HEADER}
BASIC = {"authorization": f"Basic {base64.b64encode(LOGIN.encode()).decode()}"}


def test_a_text_with_a_placeholder_is_not_registered() -> None:
    registry = SecretRegistry()
    registry.register("password of <secret:1>")
    registry.register("secret")
    redact = registry.redactor()
    assert redact("password of <secret:1>, a secret") == "password of <secret:1>, a <secret:1>"
    assert redact("password+of+%3Csecret%3A1%3E") == "password+of+%3C<secret:1>%3A1%3E"
    assert not registry.occurs_in(b"password of <secret:1>") and registry.occurs_in(b"a secret")


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def percent(text: str) -> str:
    return "".join(f"%{ord(char):02x}" for char in text)


ECHOES: dict[str, Callable[[str], Any]] = {
    "as it is": str,
    "base64": b64,
    "base64 twice": lambda text: b64(b64(text)),
    "base64 of JSON": lambda text: b64(json.dumps({"sent": text})),
    "base64 of gzip": lambda text: b64(gzip.compress(text.encode())),
    "hexadecimal": lambda text: text.encode().hex(),
    "quoted": lambda text: f"https://h/x?q={quote(text, safe='')}",
    "an entity": lambda text: text.replace("a", "&#97;"),
    "halves": lambda text: [text[: len(text) // 2], text[len(text) // 2 :]],
    "JSON in JSON": lambda text: json.dumps({"a": text}),
    "percent-encoded wholly": percent,
    "percent-encoded twice": lambda text: quote(percent(text)),
    "escapes": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "entities": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "UTF-16-BE": lambda text: text.encode("utf-16-be").decode("latin-1"),
    "base64 in lines": lambda text: base64.encodebytes(b"-" * 40 + text.encode() + b"-" * 40).decode(),
}


def recorded(path: Path, headers: dict[str, str], response: Response) -> str:
    record(path, Request("GET", "http://h/api", "/x", headers=dict(headers)), respond=lambda _: response)
    return path.read_text()


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
@pytest.mark.parametrize(
    ("headers", "secret"), [(SENT, KEY), (BASIC, LOGIN), (SENT, HEADER)], ids=["key", "login", "x"]
)
def test_an_echo_is_replaced(tmp_path: Path, headers: dict[str, str], secret: str, echo: Callable[[str], Any]) -> None:
    if secret == HEADER and echo is ECHOES["halves"]:
        return
    echoed = echo(secret)
    text = recorded(tmp_path / "a.jsonl", headers, Response(200, {}, json.dumps({"id": "x", "it": echoed}).encode()))
    for part in echoed if isinstance(echoed, list) else [echoed]:
        assert json.dumps(part)[1:-1] not in text
    assert secret not in text and '"id":"x"' in text


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_a_request_that_repeats_a_credential_is_redacted(tmp_path: Path, echo: Callable[[str], Any]) -> None:
    echoed = echo(KEY)
    said = "".join(echoed) if isinstance(echoed, list) else echoed
    target = f"/x/{quote(said, safe='')}/y?q={quote(said, safe='')}&{quote(said, safe='')}=1"
    body = json.dumps({"it": said, said: 1}).encode()
    request = Request("POST", "http://h/api", target, headers=dict(SENT), body=body)
    path = tmp_path / "a.jsonl"
    record(path, request, respond=lambda _: Response(200, {}, b"null"))
    text = path.read_text()
    for form in (said, json.dumps(said)[1:-1], quote(said, safe="")):
        assert form.lower() not in text.lower()
    assert '"/x/' in text


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, zlib.compress, lambda data: data.decode().encode("utf-16")],
    ids=["gzip", "deflate", "UTF-16"],
)
def test_a_body_that_is_packed_is_replaced(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    body = pack(json.dumps(SENT).encode())
    text = recorded(tmp_path / "a.jsonl", SENT, Response(200, {"content-type": "application/octet-stream"}, body))
    stored = base64.b64decode(json.loads(text.splitlines()[1])["response"]["body"]["base64"])
    assert pack(KEY.encode())[-20:] not in stored and KEY.encode("utf-16-le") not in stored
    assert b"<secret:" in stored


def test_headers_of_the_response_repeat_nothing(tmp_path: Path) -> None:
    headers = {"content-disposition": f"attachment; filename={HEADER}", "content-type": f"text/plain; k={HEADER}"}
    text = recorded(tmp_path / "a.jsonl", SENT, Response(200, headers, b"hello"))
    assert HEADER not in text and "attachment; filename=<secret:1>" in text


def test_a_short_cookie_is_a_whole_word(tmp_path: Path) -> None:
    body = json.dumps({"a": COOKIE, "b": f"x{COOKIE}"}).encode()
    text = recorded(tmp_path / "a.jsonl", {}, Response(200, {"set-cookie": f"pin={COOKIE}; Path=/"}, body))
    assert '{"a":"<secret:1>","b":"xabc12"}' in text


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        (name, True)
        for name in ("pwd", "pass", "jwt", "pin", "authKey", "bearer", "DB_PASSWORD", "aws_secret_access_key")
    ]
    + [(name, False) for name in ("max_tokens", "author", "cache_key", "compass")],
)
@pytest.mark.parametrize("value", ["hunter2-canary", 471147])
def test_fields_by_the_words_of_their_names(tmp_path: Path, name: str, hidden: bool, value: Any) -> None:
    path = tmp_path / "a.jsonl"
    sent = json.dumps({"parameters": {name: value}}).encode()
    asked = Request("POST", "http://h/api", "/flow_runs/", body=sent)
    record(path, asked, respond=lambda _: Response(200, {}, sent))
    assert (str(value) not in path.read_text()) is hidden
    assert json.loads(replay(path, asked)[0].body) == json.loads(sent)


@pytest.mark.parametrize("query", ["key=%s", "a=b&sig=%s", "api_key=%s", "signature=%s", "access_token=%s"])
def test_parameters_of_queries(tmp_path: Path, query: str) -> None:
    path = tmp_path / "a.jsonl"
    asked = Request("GET", "http://h/api", "/x?" + query % "hunter2-canary")
    record(
        path, asked, respond=lambda _: Response(200, {}, b'{"url":"https://h/x?%s"}' % (query % "other-one").encode())
    )
    text = path.read_text()
    assert "hunter2" not in text and "other-one" not in text
    assert replay(path, asked)[0].status == 200


@pytest.mark.parametrize(
    "settings",
    [
        {"environment": [{"name": "A", "value": "hunter2-canary"}]},
        {"env_vars": {"A": "hunter2-canary"}},
        {"env_vars": {"hunter2-canary": "x"}},
        {"job_manifest": {"spec": {"containers": [{"env": [{"name": "A", "value": "hunter2-canary"}]}]}}},
    ],
)
def test_environments_of_jobs(tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "a.jsonl"
    sent = json.dumps({"job_variables": settings}).encode()
    asked = Request("POST", "http://h/api", "/deployments/x/create_flow_run", body=sent)
    record(path, asked, respond=lambda _: Response(200, {}, sent))
    assert "hunter2" not in path.read_text()
    assert json.loads(replay(path, asked)[0].body) == json.loads(sent)


@pytest.mark.parametrize(("target", "field"), [("/variables/", "value"), ("/block_documents/", "data")])
def test_keys_of_a_mapping_are_values_and_names_of_fields_are_not(tmp_path: Path, target: str, field: str) -> None:
    path = tmp_path / "a.jsonl"
    sent = json.dumps({field: {"hunter2-canary": 1, "bucket_name": "hunter2-canary"}}).encode()
    asked = Request("POST", "http://h/api", target, body=sent)
    record(path, asked, respond=lambda _: Response(200, {}, sent))
    text = path.read_text()
    assert "hunter2" not in text and "bucket_name" in text
    assert json.loads(replay(path, asked)[0].body) == json.loads(sent)

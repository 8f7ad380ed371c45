"""Redaction: no secret in the file, and none in memory in plain text."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from prefectkit.core.errors import CassetteLeakError, ConfigError, ConnectError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.security.secrets import Secret
from prefectkit.transports.cassette.record_redactor import RecordRedactor
from prefectkit.transports.cassette.secret_registry import SecretRegistry
from tests.transports.cassette_fakes import Cassette, json_response, lines, record, replay, request

CANARIES = {
    "api_key": "pnu_canary01abcdef",
    "password": "canary02:pa ss/wörd+",
    "custom_header": "canary03-header",
    "csrf": "canary04csrf0token",
    "cookie": "canary05session",
    "set_cookie": "canary06setcookie",
    "block": "canary07-block-data",
    "variable": "canary08-variable",
    "env": "canary09-env",
    "named": "canary10-named",
    "given": 'canary11\u00e9"quoted\\',
    "hidden": "canary12-in-base64",
}

PLACED = {"block", "variable", "env"}
"""Secret for their place alone: looked for in the same request and its response."""


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


def forms(secret: str) -> list[str]:
    data = secret.encode()
    return [
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(data).decode().rstrip("=")[:-1],
        base64.urlsafe_b64encode(data).decode().rstrip("=")[:-1],
    ]


def redacted(response: Response, asked: Request | None = None, **options: Any) -> Any:
    """The recorded body of a response."""
    registry = SecretRegistry()
    for secret in options.get("secrets", ()):
        registry.register(secret, 4)
    redactor = RecordRedactor(registry)
    recorded, found = redactor.request(asked or request("GET", "/x"))
    outcome = redactor.outcome(recorded, response, found).response
    assert outcome is not None and outcome.body is not None
    return outcome.body.json


def canary_traffic() -> tuple[list[Request], Any]:
    c = CANARIES
    login = base64.b64encode(f"user:{c['password']}".encode()).decode()
    headers = {
        "authorization": f"Bearer {c['api_key']}",
        "proxy-authorization": f"Basic {login}",
        "x-own-auth": c["custom_header"],
        "cookie": f"a=b; session={c['cookie']}",
        "prefect-csrf-token": c["csrf"],
    }
    everything = " and ".join(secret for name, secret in c.items() if name not in PLACED)
    in_base64 = base64.b64encode(f"user:{c['hidden']};".encode()).decode()
    path_and_query = f"/x/{quote(c['given'], safe='')}?q={quote_plus(c['given'])}&q={quote(c['api_key'])}"
    requests = [
        request("GET", "/hello", headers=headers),
        request("POST", "/block_documents/", {"name": c["block"], "data": {"deep": [{"x": c["block"]}]}}),
        request("PATCH", "/variables/name/v", {"value": {"any": c["variable"]}, "tags": [f"a {c['variable']}"]}),
        request("POST", "/work_pools/", {"base_job_template": {"job_configuration": {"env": {"A": c["env"]}}}}),
        request("POST", "/deployments/", {"job_variables": {"env": {"A": c["env"]}}, "path": f"/{c['api_key']}"}),
        request("POST", "/login", {"user_password": c["named"]}),
        request("POST", path_and_query, [everything]),
        request("POST", "/text", raw=f"a {everything}".encode()),
        request("POST", "/keys", {c["given"]: {c["api_key"]: 1}, "in": in_base64}),
        request("POST", "/binary", raw=b"\xff" + everything.encode() + b"\xfe"),
    ]

    def respond(asked: Request) -> Response:
        if asked.target == "/login":
            raise ConnectError(f"no route for {c['named']} {c['given']}")
        if asked.target in ("/text", "/binary"):
            return Response(200, {"content-type": f"text/{c['given'].encode().decode('latin-1')}"}, asked.body)
        headers = {"set-cookie": f"sid={c['set_cookie']}; Path=/; Max-Age=1209600", "x-own": c["given"]}
        return Response(200, {"content-type": "application/json", **headers}, asked.body or b"{}")

    return requests, respond


def test_canaries(path: Path) -> None:
    requests, respond = canary_traffic()
    cassette = Cassette("sync", path, respond, mode="once", secrets=[CANARIES["given"], Secret(CANARIES["hidden"]), ""])
    for asked in requests:
        try:
            response = cassette.send(asked)
        except ConnectError as error:
            assert CANARIES["given"] in str(error)
        else:
            assert response.body == (asked.body or b"{}"), "the caller gets the real response"
    recorder = cassette.transport._cassette
    kept = repr(
        [
            vars(cassette.transport),
            vars(recorder),
            vars(recorder._registry),
            vars(recorder._redactor),
            recorder._recorded,
        ]
    )
    assert len(recorder._recorded) == len(requests)
    cassette.close()
    written = path.read_bytes().decode()
    in_binary = base64.b64decode(lines(path)[-1]["request"]["body"]["base64"]).decode("latin-1")
    for name, secret in CANARIES.items():
        for form in forms(secret):
            assert form not in written, f"{name} is in the file"
            assert form not in kept, f"{name} is in memory"
            assert form not in in_binary, f"{name} is in a binary body"
    for header in ("x-own", "set-cookie", "authorization", "cookie", "csrf"):
        assert header not in written


def test_without_redaction_the_file_is_not_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(path, request(body={"a": 1}))
    before = path.read_bytes()
    monkeypatch.setattr(SecretRegistry, "redactor", lambda registry, also=(): str)
    requests, respond = canary_traffic()
    cassette = Cassette("sync", path, respond, mode="all", secrets=[CANARIES["given"]])
    cassette.send(request(body={"fine": True}))
    cassette.send(requests[0])
    cassette.send(requests[7])
    with pytest.raises(
        CassetteLeakError, match=r"line 5 of .* would have contained a secret, so nothing was written"
    ) as raised:
        cassette.close()
    assert path.read_bytes() == before
    assert not any(secret in str(raised.value) for secret in CANARIES.values())
    cassette.close()


@pytest.mark.parametrize("secret", ["prefect", "request", "content-type", "secret"])
def test_words_of_the_format_may_be_secrets(path: Path, secret: str) -> None:
    asked = request("POST", "/x", {"a": f"{secret} and a{secret}b"}, headers={"x-prefect-api-version": "0.8.4"})
    record(path, asked, secrets=[secret])
    assert lines(path)[1]["request"]["body"]["json"] == {"a": "<secret:1> and a<secret:1>b"}
    assert len(replay(path, asked, secrets=[secret])) == 1


def test_headers_are_dropped_unless_allowed(path: Path) -> None:
    allowed = {
        "accept": "*/*",
        "content-type": "application/json",
        "content-disposition": "attachment",
        "date": "Wed, 01 Jan 2025 00:00:00 GMT",
        "retry-after": "1",
        "x-prefect-api-version": "0.8.4",
    }
    others = {"x-prefect-flow-run-id": "1", "user-agent": "me", "server": "uvicorn", "location": "/x", "etag": "1"}
    record(
        path,
        Request("GET", "", "/x", headers={**allowed, **others}),
        respond=lambda _: Response(200, {**allowed, **others}),
    )
    line = lines(path)[1]
    assert line["request"]["headers"] == line["response"]["headers"] == allowed


def test_a_body_that_is_still_compressed_is_opened_first(path: Path) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    body = gzip.compress(b'{"password": "abcdef123"}')
    record(
        path,
        request("GET", "/x"),
        request("GET", "/y"),
        respond=lambda asked: Response(200, headers, body if asked.target == "/x" else b"plain"),
    )
    assert lines(path)[1]["response"]["body"] == {"json": {"password": "<secret:1>"}}
    assert lines(path)[2]["response"]["body"] == {"text": "plain"}


def test_the_same_secret_has_the_same_placeholder(path: Path) -> None:
    record(
        path,
        request("POST", "/x", {"password": "one-12"}),
        request("POST", "/y", ["two-34", "one-12"]),
        secrets=["two-34"],
    )
    assert [line["request"]["body"]["json"] for line in lines(path)[1:]] == [
        {"password": "<secret:1>"},
        ["<secret:2>", "<secret:1>"],
    ]


def test_a_secret_is_redacted_in_earlier_records_too(path: Path) -> None:
    earlier = [
        request("POST", "/x/late-value?late-value=late-value", {"late-value": "late-value"}),
        request("POST", "/text", raw=b"late-value"),
        request("POST", "/binary", raw=b"\xfflate-value"),
    ]
    record(path, *earlier, respond=lambda asked: Response(200, {}, asked.body))
    assert "late-value" in path.read_text()
    late = request("GET", "/y", headers={"authorization": "Bearer late-value"})
    record(path, late, mode="new_episodes")
    assert "late-value" not in path.read_text()
    assert base64.b64encode(b"\xfflate-value").decode() not in path.read_text()
    assert lines(path)[1]["request"]["path"] == "/x/<secret:1>"
    assert len(replay(path, late, *earlier)) == 4


def test_a_fault_is_redacted_again_too(path: Path) -> None:
    def respond(asked: Request) -> Response:
        if asked.method == "GET":
            raise ConnectError("no route to late-secret, Bearer abcdefghijklmnop")
        return json_response(None)

    cassette = Cassette("sync", path, respond, mode="once")
    with pytest.raises(ConnectError, match="late-secret"):
        cassette.send(request("GET", "/x"))
    cassette.send(request("POST", "/x", headers={"authorization": "Bearer late-secret"}))
    cassette.close()
    with pytest.raises(ConnectError, match="no route to <secret:2>, Bearer <secret:1>"):
        replay(path, request("GET", "/x"))


def test_base64_of_a_secret_is_found_wherever_it_starts() -> None:
    for length in range(6):
        secret = "p\u00e4ss-word"
        run = base64.b64encode(b"x" * length + secret.encode() + b"y" * (5 - length)).decode()
        assert redacted(json_response({"a": f"({run})"}), secrets=[secret]) == {"a": "(<secret:1>)"}
    padded = base64.urlsafe_b64encode(b"\xfb\xff secret????").decode()
    assert padded.endswith("==") and "_" in padded
    assert redacted(json_response([f"a {padded}; b"]), secrets=["secret????"]) == ["a <secret:1>; b"]


def test_the_longest_secret_counts() -> None:
    body = ["secret-long and secret", "secret-longer"]
    assert redacted(json_response(body), secrets=["secret", "secret-long"]) == [
        "<secret:1> and <secret:2>",
        "<secret:1>er",
    ]


def test_numbers_that_hold_a_secret() -> None:
    first, second, *others = redacted(json_response([12345678, 912345678.5, 12, True]), secrets=["12345678"])
    assert (first[:8], second[:8]) == ("<secret:", "<secret:") and first != second
    assert others == [12, True]


def test_a_given_secret_of_four_characters_is_found() -> None:
    assert redacted(json_response(["a wxyz", "wxyz1"]), secrets=["wxyz"]) == ["a <secret:1>", "<secret:1>1"]


@pytest.mark.parametrize(
    ("name", "value", "held"),
    [
        ("authorization", "Bearer abcdef", ["abcdef"]),
        ("authorization", "Basic " + base64.b64encode(b"me:abcdef").decode(), ["abcdef", "me:abcdef", "bWU6YWJjZGVm"]),
        ("authorization", "Basic not*base64", ["not*base64"]),
        ("authorization", "Digest abcdef ghijkl", ["ghijkl", "Digest abcdef ghijkl"]),
        ("x-session-id", "abcdef", ["abcdef"]),
        ("set-cookie", "a=abcdef; Path=/abcdefg; Max-Age=1209600, b=ghijkl; HttpOnly", ["abcdef", "ghijkl"]),
        ("cookie", "a=abcdef; b=ghijkl", ["abcdef", "ghijkl"]),
    ],
)
def test_headers_give_secrets_away(name: str, value: str, held: list[str]) -> None:
    asked = request("GET", "/x", headers={name: value})
    for secret in held:
        assert redacted(json_response([secret]), asked) == ["<secret:1>"]
    assert redacted(json_response(["/abcdefg" if "," in value else "x", 1209600]), asked)[1] == 1209600


def test_a_short_secret_is_only_hidden_at_its_place() -> None:
    body = {"password": "abc", "text": "abcd abc"}
    assert redacted(json_response(body)) == {"password": "<secret:1>", "text": "abcd abc"}


def test_a_given_secret_that_is_too_short_is_refused(path: Path) -> None:
    with pytest.raises(ConfigError, match=r"secrets\[1\] has 3 characters") as raised:
        Cassette("sync", path, mode="once", secrets=["long enough", "xyz"])
    assert "xyz" not in str(raised.value)

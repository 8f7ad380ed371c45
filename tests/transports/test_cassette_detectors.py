"""Secret detectors: by route, by field name, by the pattern of a text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prefectkit.core.http.messages import Response
from tests.transports.cassette_fakes import json_response, lines, record, replay, request


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


@pytest.mark.parametrize(
    ("target", "body", "stored"),
    [
        (
            "/block_types/slug/s3/block_documents/name/x",
            {"name": "n", "data": {"a": "x", "b": [1, 2.5, True, None, "", {}, "********"], "c": {"d": "y"}}},
            {"name": "n", "data": {"a": "<1>", "b": ["<2>", "<3>", True, None, "", {}, "********"], "c": {"d": "<4>"}}},
        ),
        ("/block_schemas/x", {"data": {"a": "x"}}, {"data": {"a": "x"}}),
        ("/variables/", {"value": 4711, "name": "x"}, {"value": "<1>", "name": "x"}),
        (
            "/variables/filter",
            [{"value": "v"}, {"value": "w"}, {"value": "v"}],
            [{"value": "<1>"}, {"value": "<2>"}, {"value": "<1>"}],
        ),
        (
            "/other",
            {"value": "x", "data": "y", "env": {"A": "z"}, "key": "k"},
            {"value": "x", "data": "y", "env": {"A": "z"}, "key": "k"},
        ),
        (
            "/deployments/",
            {"job_variables": {"env": {"A": "x", "B": "{{ b }}"}, "image": "i", "deep": {"env": "y"}}},
            {"job_variables": {"env": {"A": "<1>", "B": "{{ b }}"}, "image": "i", "deep": {"env": "<2>"}}},
        ),
        (
            "/work_pools/",
            {
                "base_job_template": {
                    "job_configuration": {"env": "{{ env }}", "command": "run"},
                    "variables": {
                        "properties": {
                            "env": {
                                "title": "Env",
                                "type": "object",
                                "default": {"A": "x"},
                                "anyOf": [{"type": "string", "const": "y"}],
                            },
                            "command": {"title": "Command", "default": "c"},
                            "api_token": {"description": "d", "required": ["a"], "default": "z", "title": {"no": "w"}},
                            "password": "p",
                        }
                    },
                }
            },
            {
                "base_job_template": {
                    "job_configuration": {"env": "{{ env }}", "command": "run"},
                    "variables": {
                        "properties": {
                            "env": {
                                "title": "Env",
                                "type": "object",
                                "default": {"A": "<1>"},
                                "anyOf": [{"type": "string", "const": "<2>"}],
                            },
                            "command": {"title": "Command", "default": "c"},
                            "api_token": {
                                "description": "d",
                                "required": ["a"],
                                "default": "<3>",
                                "title": {"no": "<4>"},
                            },
                            "password": "<5>",
                        }
                    },
                }
            },
        ),
        (
            "/admin/settings",
            {"api": {"key": "k", "url": "u"}, "db": {"connection_url": "c"}},
            {"api": {"key": "<1>", "url": "u"}, "db": {"connection_url": "<2>"}},
        ),
        (
            "/x",
            {
                "Password": "a",
                "client_secret": 1,
                "apiKey": "b",
                "auth_string": "c",
                "AWS_ACCESS_KEY": "d",
                "credentials": {"x": ["e"]},
            },
            {
                "Password": "<1>",
                "client_secret": "<2>",
                "apiKey": "<3>",
                "auth_string": "<4>",
                "AWS_ACCESS_KEY": "<5>",
                "credentials": {"x": ["<6>"]},
            },
        ),
        (
            "/x",
            {
                "secret_fields": ["a"],
                "include_secrets": True,
                "token": None,
                "page_token": "p",
                "next_page": "/n?page-token=abc",
            },
            {
                "secret_fields": ["a"],
                "include_secrets": True,
                "token": None,
                "page_token": "p",
                "next_page": "/n?page-token=abc",
            },
        ),
        (
            "/x",
            [
                "Bearer abcdefghijklmnop!",
                "the key pnb_abc is old",
                "postgres://me:pw@host/db",
                "/n?a=1&api_key=abc&b=2",
                'says {"password": "a\\"b", "n": 1}',
                "{'token': 'x'}",
                '"{\\"secret\\": \\"x\\"}"',
                "a bearer of news, basic needs, the token is spent",
            ],
            [
                "Bearer <1>!",
                "the key <2> is old",
                "postgres://<3>@host/db",
                "/n?a=1&api_key=<4>&b=2",
                'says {"password": "<5>", "n": 1}',
                "{'token': '<6>'}",
                '"{\\"secret\\": \\"<6>\\"}"',
                "a bearer of news, basic needs, the token is spent",
            ],
        ),
    ],
)
def test_places(path: Path, target: str, body: Any, stored: Any) -> None:
    record(path, request("POST", target, body), respond=lambda _: json_response(body))
    line = lines(path)[1]
    expected = json.loads(json.dumps(stored).replace("<", "<secret:"))
    assert line["request"]["body"]["json"] == expected
    assert line["response"]["body"]["json"] == expected
    [again] = replay(path, request("POST", target, body))
    assert again.json() == body


def test_query_parameters(path: Path) -> None:
    asked = request("GET", "/x?token=abcdef123&include_secrets=true&page-token=p&a=Bearer%20abcdefghijklmnopq")
    record(path, asked, respond=lambda _: json_response({"a": "abcdef123"}))
    assert lines(path)[1]["request"]["query"] == [
        ["token", "<secret:1>"],
        ["include_secrets", "true"],
        ["page-token", "p"],
        ["a", "Bearer <secret:2>"],
    ]
    assert lines(path)[1]["response"]["body"]["json"] == {"a": "<secret:1>"}


@pytest.mark.parametrize(
    ("target", "text", "stored"),
    [
        ("/variables/", '{"value": "x', "<secret:1>"),
        ("/block_documents/", " [1,", "<secret:1>"),
        ("/variables/", "<html>no</html>", "<html>no</html>"),
        ("/x", '{"password": "abc', '{"password": "<secret:1>'),
        ("/x", "user=me&password=abc&x=1", "user=me&password=<secret:1>&x=1"),
    ],
)
def test_bodies_that_are_not_json(path: Path, target: str, text: str, stored: str) -> None:
    record(path, request("GET", target), respond=lambda _: Response(200, {}, text.encode()))
    assert lines(path)[1]["response"]["body"] == {"text": stored}

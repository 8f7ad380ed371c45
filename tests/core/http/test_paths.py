"""No name and no literal path may reach another route than the one that was meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prefectkit.core.errors import InvalidParameterError, UnaddressableNameError
from prefectkit.core.http.paths import PathTemplate

ID = UUID("12345678-1234-5678-1234-567812345678")
NAMED = PathTemplate("/work_pools/{name}/queues/{queue}")

SENT = [
    ("plain", "plain"),
    ("with-dash_and.dot~", "with-dash_and.dot~"),
    ("...", "..."),
    (".hidden", ".hidden"),
    ("a..b", "a..b"),
    ("%2e%2e", "%252e%252e"),
    ("%2F", "%252F"),
    ("a%2Fb", "a%252Fb"),
    ("%", "%25"),
    ("100%", "100%25"),
    ("a#b", "a%23b"),
    ("a?b=c", "a%3Fb%3Dc"),
    ("a;b", "a%3Bb"),
    ("a&b", "a%26b"),
    ("a+b", "a%2Bb"),
    ("a b", "a%20b"),
    (" ", "%20"),
    ("a\\b", "a%5Cb"),
    ("a:b", "a%3Ab"),
    ("a@b", "a%40b"),
    ("{name}", "%7Bname%7D"),
    ("'\"", "%27%22"),
    ("<script>", "%3Cscript%3E"),
    ("ä", "%C3%A4"),
    ("名前", "%E5%90%8D%E5%89%8D"),
    ("🚀", "%F0%9F%9A%80"),
    ("\u00a0", "%C2%A0"),
    ("\u202e", "%E2%80%AE"),
    ("http://evil.test"[:5], "http%3A"),
    (7, "7"),
    (ID, str(ID)),
]

REFUSED = [
    ("", "cannot stand in a URL path"),
    (".", "cannot stand in a URL path"),
    ("..", "cannot stand in a URL path"),
    ("/", "has a slash"),
    ("a/b", "has a slash"),
    ("../variables/name/x", "has a slash"),
    ("/etc", "has a slash"),
    ("http://evil.test/", "has a slash"),
    ("a\nb", "control character"),
    ("a\r\nb", "control character"),
    ("\x00", "control character"),
    ("\x1f", "control character"),
    ("\x7f", "control character"),
    ("\x85", "control character"),
    ("\u2028", "control character"),
    ("a\u2029", "control character"),
    ("\ud800", "lone surrogate"),
    ("a\udfffb", "lone surrogate"),
]


@pytest.mark.parametrize(("name", "segment"), SENT)
def test_a_name_is_quoted(name: object, segment: str) -> None:
    assert NAMED.render({"name": name, "queue": "q"}) == f"/work_pools/{segment}/queues/q"


@pytest.mark.parametrize(("name", "reason"), REFUSED)
def test_a_name_that_would_be_another_route_is_refused(name: str, reason: str) -> None:
    with pytest.raises(UnaddressableNameError, match=reason) as caught:
        NAMED.render({"name": "pool", "queue": name})
    assert repr(name) in str(caught.value)
    assert str(caught.value).startswith("queue ")


@pytest.mark.parametrize("value", [None, b"bytes", 1.5, ["a"]])
def test_a_name_is_text(value: object) -> None:
    with pytest.raises(InvalidParameterError, match="name must be text, got") as caught:
        NAMED.render({"name": value, "queue": "q"})
    assert repr(value) in str(caught.value)


@given(st.text(), st.text())
@example("%2e%2e", "..;")
@example("\x80", "\ufeff")
def test_an_accepted_name_comes_back_as_it_was(name: str, queue: str) -> None:
    try:
        path = NAMED.render({"name": name, "queue": queue})
    except UnaddressableNameError:
        return
    segments = [unquote(segment, errors="strict") for segment in path.split("/")]
    assert segments == ["", "work_pools", name, "queues", queue]
    assert path.isascii()
    assert not re.search(r"[?#\\\s]", path)


class Kind(UUID):
    """An id of a caller's own kind."""


class Own(str):
    """As markupsafe and enums have it: a text with ideas of its own about how it is put together and written."""

    def __radd__(self, other: object) -> str:
        return "another"

    def __str__(self) -> str:
        return "another"


def test_overridden_methods_of_a_str_subclass_are_not_called() -> None:
    id = "00000000-0000-0000-0000-000000000001"
    path = PathTemplate("/flow_runs/{id:uuid}/x/{name}").render({"id": Own(id), "name": Own("a b")})
    assert path == f"/flow_runs/{id}/x/a%20b"


@pytest.mark.parametrize(
    "value",
    [
        ID,
        Kind(ID.hex),
        str(ID),
        str(ID).upper(),
        ID.hex,
        f"{{{ID}}}",
        f"urn:uuid:{ID}",
    ],
)
def test_an_id_in_any_form_is_sent_in_one(value: object) -> None:
    assert PathTemplate("/flows/{id:uuid}").render({"id": value}) == f"/flows/{ID}"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "my-flow",
        "1234",
        str(ID) + "0",
        str(ID)[:-1],
        str(ID) + "\n",
        f" {ID.hex[1:]}",
        "12345678_1234_5678_1234_567812345",
        ID.hex[:-1] + "\uff11",
        f"{ID}/../x",
        None,
        7,
        ID.bytes,
    ],
)
def test_an_invalid_id_is_refused_with_a_hint(value: object) -> None:
    with pytest.raises(InvalidParameterError, match=r"id must be a UUID, got .*read by name first") as caught:
        PathTemplate("/flows/{id:uuid}").render({"id": value})
    assert repr(value) in str(caught.value)


def test_an_object_in_place_of_its_id_or_name_is_refused_with_its_attribute() -> None:
    row = SimpleNamespace(id=ID, name="x")
    with pytest.raises(InvalidParameterError, match=r"pass its \.id$"):
        PathTemplate("/flows/{id:uuid}").render({"id": row})
    with pytest.raises(InvalidParameterError, match=r"pass its \.name$"):
        PathTemplate("/flows/{name}").render({"name": row})


@pytest.mark.parametrize(
    ("path", "way_out"),
    [
        ("", "one slash"),
        ("flows", "one slash"),
        ("http://evil.test/x", "one slash"),
        ("//evil.test/x", "no empty segment"),
        ("/flows//filter", "no empty segment"),
        ("/flows//", "no empty segment"),
        ("/..", "path_params"),
        ("/flows/../variables", "path_params"),
        ("/flows/..", "path_params"),
        ("/flows/./x", "path_params"),
        ("/flows/%2e%2e/x", "path_params"),
        ("/flows/%2E./x", "path_params"),
        ("/flows?limit=1", "query=..."),
        ("/flows#top", "query=..."),
        ("/flows/a b", "path_params"),
        ("/flows/ä", "path_params"),
        ("/flows\\x", "path_params"),
        ("/flows\n", "path_params"),
        ("/flows\r\nx: y", "path_params"),
        ("/flows/\x00", "path_params"),
        ("/flows/\u2028", "path_params"),
        ("/flows/\ud800", "path_params"),
        ("/flows/%", "path_params"),
        ("/flows/%2{name}", "path_params"),
        ("/flows/%zz", "path_params"),
        ("/flows/a%2Fb", "path_params"),
        ("/flows/a%5cb", "path_params"),
        ("/flows/%0d%0a", "no control character"),
        ("/flows/{", "path_params"),
        ("/flows/{na me}", "path_params"),
        ("/flows/{id:int}", "path_params"),
    ],
)
def test_a_literal_path_that_could_be_read_in_two_ways_is_refused(path: str, way_out: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        PathTemplate(path)
    assert repr(path) in str(caught.value)
    assert way_out in str(caught.value)


@pytest.mark.parametrize(
    "path", ["/", "/health", "/flows/", "/v2/a:b@c;d=e,f", "/flows/name/caf%C3%A9", "/a/...", "/~x", "/X"]
)
def test_an_innocent_literal_path_is_sent_as_it_is(path: str) -> None:
    template = PathTemplate(path)
    assert template.render({}) == template.text == path
    assert template.parameters == ()


def test_a_template_knows_its_text_and_parameters() -> None:
    template = PathTemplate("/deployments/{id:uuid}/schedules/{schedule}/runs")
    assert template.text == "/deployments/{id}/schedules/{schedule}/runs"
    assert template.parameters == ("id", "schedule")
    assert template.render({"schedule": "a", "id": ID}) == f"/deployments/{ID}/schedules/a/runs"


@pytest.mark.parametrize("values", [{}, {"nam": "x"}, {"name": "x", "more": "y"}])
def test_a_parameter_too_many_or_too_few_is_named(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        PathTemplate("/flows/name/{name}").render(values)
    message = str(caught.value)
    assert "/flows/name/{name}" in message
    assert "path_params" in message
    assert str(list(values)) in message


NO_PATH = "cannot be sent as a path, which"


@pytest.mark.parametrize(
    ("render", "message"),
    [
        (lambda: PathTemplate("a"), f"'a' {NO_PATH} starts with one slash, below the API's root"),
        (
            lambda: PathTemplate("/a?b"),
            f"'/a?b' {NO_PATH} is quoted, without a query, a fragment or braces: pass query=..., or {{name}} with "
            "path_params=...",
        ),
        (lambda: PathTemplate("/a//b"), f"'/a//b' {NO_PATH} has no empty segment"),
        (
            lambda: PathTemplate("/a/.."),
            f"'/a/..' {NO_PATH} has no dot segment: pass a name as {{name}} with path_params=...",
        ),
        (
            lambda: PathTemplate("/a%2fb"),
            f"'/a%2fb' {NO_PATH} has no quoted slash: pass a name as {{name}} with path_params=...",
        ),
        (lambda: PathTemplate("/%0a"), f"'/%0a' {NO_PATH} has no control character"),
        (
            lambda: PathTemplate("/a/{b}").render({"c": 1}),
            "the path /a/{b} needs path_params for ['b'], got ['c']",
        ),
        (
            lambda: PathTemplate("/a/{b:uuid}").render({"b": "x"}),
            "b must be a UUID, got 'x': where you have a name, read by name first",
        ),
        (lambda: PathTemplate("/a/{b}").render({"b": 1.5}), "b must be text, got 1.5"),
        (
            lambda: PathTemplate("/a/{b}").render({"b": ""}),
            "b '' cannot stand in a URL path: use the id, or a filter",
        ),
        (
            lambda: PathTemplate("/a/{b}").render({"b": "/"}),
            "b '/' has a slash and would be another route: use the id, or a filter",
        ),
        (
            lambda: PathTemplate("/a/{b}").render({"b": "\n"}),
            "b '\\n' has a control character: use the id, or a filter",
        ),
        (
            lambda: PathTemplate("/a/{b}").render({"b": "\ud800"}),
            "b '\\ud800' has a lone surrogate and is not text",
        ),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_to_do(render: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        render()
    assert str(caught.value) == message

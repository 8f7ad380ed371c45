"""What goes out as JSON and what comes in, and how either fails."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from prefectkit.core.errors import RequestEncodeError, ResponseDecodeError
from prefectkit.core.http.messages import Response
from prefectkit.core.security.decoded_text import readable
from prefectkit.core.serialization.codec import decode, decoder, encode

NAN, INF = float("nan"), float("inf")


class Body(msgspec.Struct, kw_only=True):
    name: str | UnsetType | None = UNSET
    value: Any = UNSET


class Row(msgspec.Struct):
    id: int
    name: str


@dataclasses.dataclass
class Record:
    value: object


class Dumps:
    """An object of another library."""

    def __init__(self, dumped: object) -> None:
        self.dumped = dumped

    def model_dump(self, **options: Any) -> object:
        assert options == {"mode": "json"}
        return self.dumped


class Unencodable:
    pass


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (Body(), b"{}"),
        (Body(name=None), b'{"name":null}'),
        (Body(name="null"), b'{"name":"null"}'),
        ({"a": [1, 2.5, True, None]}, b'{"a":[1,2.5,true,null]}'),
        ({"tags": {"a"}}, b'{"tags":["a"]}'),
        (Dumps({"a": Dumps([1])}), b'{"a":[1]}'),
        (Record(1), b'{"value":1}'),
        (2**80, b"1208925819614629174706176"),
        ("\u2028 ä 🚀", '"\u2028 ä 🚀"'.encode()),
    ],
)
def test_a_body_goes_out_as_json(body: object, data: bytes) -> None:
    assert encode(body) == data


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (NAN, "$ is nan"),
        ({"a": INF}, "$.a is inf"),
        ({"a": {"b": [0.5, None, -INF]}}, "$.a.b[2] is -inf"),
        (Body(value=[{"x": NAN}]), "$.value[0].x is nan"),
        ((1.0, NAN), "$[1] is nan"),
        (Dumps({"a": NAN}), "$.a is nan"),
        ({"m": [Dumps({"a": INF})]}, "$.m[0].a is inf"),
        (Record(INF), "$.value is inf"),
    ],
)
def test_a_number_that_json_has_not_is_refused_with_its_place(body: object, place: str) -> None:
    with pytest.raises(RequestEncodeError) as caught:
        encode(body)
    assert str(caught.value).endswith(f"has no such number: {place}")


@pytest.mark.parametrize(
    ("body", "place", "reason"),
    [
        (Unencodable(), "$ is a Unencodable", "Unencodable is not JSON"),
        ({"a": [1, Unencodable()]}, "$.a[1] is a Unencodable", "is not JSON"),
        (Body(value={"x": Unencodable()}), "$.value.x is a Unencodable", "is not JSON"),
        ({"a": {Unencodable()}}, "$.a[0] is a Unencodable", "is not JSON"),
        ([Dumps], "$[0] is the class Dumps", "a class is not JSON"),
        ({"a": "\ud800"}, "$.a is a str", "surrogates not allowed"),
        (["ok", "b\udc00"], "$[1] is a str", "surrogates not allowed"),
        ({"a": 1 + 2j}, "$.a is a complex", "is not JSON"),
    ],
)
def test_what_json_cannot_carry_is_refused_with_its_place(body: object, place: str, reason: str) -> None:
    with pytest.raises(RequestEncodeError) as caught:
        encode(body)
    assert f"{place}, " in str(caught.value)
    assert reason in str(caught.value)


def test_a_key_that_json_cannot_carry_is_refused() -> None:
    with pytest.raises(RequestEncodeError, match="tuple"):
        encode({"a": {(1, 2): 3}})
    with pytest.raises(RequestEncodeError, match="surrogates not allowed"):
        encode({"\ud800": 1})


def test_a_body_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop += [loop, loop]
    for body in (loop, {"a": loop}, Dumps(loop)):
        with pytest.raises(RequestEncodeError, match="recursion"):
            encode(body)


def test_a_deep_body_with_a_null_is_no_error() -> None:
    body: Any = None
    for _ in range(300):
        body = [body]
    assert encode(body) == b"[" * 300 + b"null" + b"]" * 300


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-16")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.slow
@given(JSON_VALUES)
@example({"": [NAN]})
@example({"a": "null", "b": None})
def test_a_body_comes_back_or_is_refused(body: Any) -> None:
    try:
        data = encode(body)
    except RequestEncodeError:
        assert "nan" in repr(body) or "inf" in repr(body) or "\\ud" in repr(body)
        return
    assert msgspec.json.decode(data) == body


def response(body: bytes, content_type: str = "application/json") -> Response:
    return Response(200, {"content-type": content_type} if content_type else {}, body)


def test_a_response_comes_in_as_the_type() -> None:
    assert decode(Row, response(b'{"id": 1, "name": "a", "more": []}')) == Row(1, "a")
    assert decode(list[Row], response(b'[{"id": 1.0, "name": "a"}]')) == [Row(1, "a")]
    assert decode(int, response(b"5")) == 5
    for right in (response(b"null"), Response(204, {"content-type": "application/json"})):
        assert decode(type(None), right) is None


@pytest.mark.parametrize("body", [b"whatever", b"<html>Sign in</html>", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_not_nothing(body: bytes) -> None:
    for headers in ({}, {"content-type": "application/json"}, {"content-type": "text/html"}):
        with pytest.raises(ResponseDecodeError, match="web page" if "html" in str(headers) else "not as expected"):
            decode(type(None), Response(200, headers, body))


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "text/plain"])
def test_an_empty_page_is_not_nothing(content_type: str) -> None:
    with pytest.raises(ResponseDecodeError):
        decode(type(None), Response(200, {"content-type": content_type}, b""))
    assert decoder(Row) is decoder(Row)


FAULTS = [
    b"",
    b" ",
    b"{",
    b'{"id": 1, "name": "a"} x',
    b"\xef\xbb\xbf{}",
    b'{"id": 1, "name": "\xff"}',
    b'{"id": 1, "name": "\\ud800"}',
    b'{"id": "x", "name": "a"}',
    b'{"name": "a"}',
    b"null",
    b"[]",
    b'{"id": NaN, "name": "a"}',
    b'{"id": 1e999, "name": "a"}',
    b'{"id": 1, "name": "a", "deep": ' + b"[" * 200_000,
    b"[" * 200_000,
]


@pytest.mark.parametrize("body", FAULTS, ids=lambda body: repr(body[:30]))
@pytest.mark.parametrize("type_", [Row, dict[str, Row]])
def test_a_damaged_response_is_a_decode_error(body: bytes, type_: Any) -> None:
    with pytest.raises(
        ResponseDecodeError, match=r"the server's (answer|response) \(application/json\) is not as expected"
    ) as caught:
        decode(type_, response(body))
    assert caught.value.status == 200
    assert caught.value.content_type == "application/json"
    assert caught.value.excerpt == readable(body)[:200]
    assert caught.value.__suppress_context__


def test_a_response_cut_short_anywhere_is_a_decode_error() -> None:
    whole = '[{"id": 12, "name": "ä\\n🚀"}, {"id": -1, "name": ""}]'.encode()
    assert len(decode(list[Row], response(whole))) == 2
    for length in range(len(whole)):
        with pytest.raises(ResponseDecodeError):
            decode(list[Row], response(whole[:length]))


def test_a_web_page_is_called_one() -> None:
    with pytest.raises(ResponseDecodeError, match=r"a web page, so the URL is not that of an API.*'/api'") as caught:
        decode(Row, response(b"<html>login</html>", "text/html; charset=utf-8"))
    assert caught.value.excerpt == "<html>login</html>"


def test_no_content_type_is_said() -> None:
    with pytest.raises(ResponseDecodeError, match="no content type"):
        decode(Row, response(b"?", ""))


@pytest.mark.parametrize("padding", range(180, 205))
def test_the_excerpt_is_scrubbed_also_where_it_ends(padding: int) -> None:
    body = b"x" * padding + b' http://me:hunter2-hunter2@host/ "password": "hunter2"'
    with pytest.raises(ResponseDecodeError) as caught:
        decode(Row, response(body))
    assert len(caught.value.excerpt) <= 200
    assert "hunter2" not in caught.value.excerpt


@given(st.binary())
def test_any_bytes_are_a_value_or_a_decode_error(body: bytes) -> None:
    try:
        assert isinstance(decode(list[Row], response(body)), list)
    except ResponseDecodeError:
        pass

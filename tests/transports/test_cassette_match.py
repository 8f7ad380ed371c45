"""Request matching: what is compared, what is not, and the message of a miss."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prefectkit.core.errors import CassetteMiss
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.security.secret_names import is_secret_name
from prefectkit.transports.cassette.matching import Key, key_of, match_placeholders
from prefectkit.transports.cassette.records import Body, RecordedRequest
from tests.transports.cassette_fakes import JSON_TYPE, json_response, record, replay, request

SECRET = "canary-secret-1"


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


@pytest.mark.parametrize(
    ("recorded", "sent"),
    [
        (request(base_url="http://a/api"), request(base_url="https://b:4200/other/api")),
        (request("GET", "/flows/?a=1&b=2&a=3"), request("GET", "/flows/?b=2&a=3&a=1")),
        (request("GET", "/flows/?a=x+y&b="), request("GET", "/flows/?b=&a=x%20y")),
        (request(raw=b'{"a": 1, "b": {"c": 2, "d": 3}}'), request(raw=b'{"b":{"d":3,"c":2},"a":1}')),
        (request(body={"a": 1}, headers={"x-own": "1"}), request(body={"a": 1}, headers={"accept": "*/*"})),
        (request(body={"idempotency_key": str(uuid4())}), request(body={"idempotency_key": str(uuid4())})),
        (
            request(body={"state": {"state_details": {"transition_id": str(uuid4())}}}),
            request(body={"state": {"state_details": {"transition_id": str(uuid4()).upper()}}}),
        ),
        (
            request("POST", "/events", [{"id": str(uuid4()), "event": "a"}]),
            request("POST", "/events", [{"id": str(uuid4()), "event": "a"}]),
        ),
        (
            request("POST", "/x/bulk", [{"idempotency_key": str(uuid4())}, {"idempotency_key": str(uuid4())}]),
            request("POST", "/x/bulk", [{"idempotency_key": str(uuid4())}, {"idempotency_key": str(uuid4())}]),
        ),
        (request("POST", "/x", raw=b"\xff\x00"), request("POST", "/x", raw=b"\xff\x00")),
    ],
)
def test_what_does_not_count(path: Path, recorded: Request, sent: Request) -> None:
    record(path, recorded)
    assert len(replay(path, sent)) == 1


U = "11111111-2222-4333-8444-555555555555"
V = "99999999-2222-4333-8444-555555555555"


@pytest.mark.parametrize(
    ("recorded", "sent", "difference"),
    [
        (request("GET", "/a"), request("GET", "/b"), 'path: recorded "/a", sent "/b"'),
        (request("GET", "/a"), request("PUT", "/a"), 'method: recorded "GET", sent "PUT"'),
        (request("GET", "/a?x=1"), request("GET", "/a?x=2"), 'query.x[0]: recorded "1", sent "2"'),
        (request("GET", "/a?x=1"), request("GET", "/a"), 'query.x: recorded ["1"], sent nothing'),
        (request("GET", "/a?x=1"), request("GET", "/a?x=1&x=2"), 'query.x[1]: recorded nothing, sent "2"'),
        (request(body={"a": {"b": [1, 2]}}), request(body={"a": {"b": [1, 3]}}), "body.a.b[1]: recorded 2, sent 3"),
        (request(body=[1, 2]), request(body=[1]), "body[1]: recorded 2, sent nothing"),
        (request(body={"a": 1}), request(body={"a": 1, "b": None}), "body.b: recorded nothing, sent null"),
        (request(body={"a": 1}), request(body={"a": 1.0}), "body.a: recorded 1, sent 1.0"),
        (request(body={"a": 1}), request(body={"a": True}), "body.a: recorded 1, sent true"),
        (request(body={"a": 1}), request(), 'body: recorded {"a":1}, sent nothing'),
        (request(raw=b"a" * 300), request(raw=b"b"), 'text: recorded "' + "a" * 199 + '..., sent "b"'),
        (request(raw=b"\xff"), request(raw=b"\xfe"), 'base64: recorded "/w==", sent "/g=="'),
        (request(body={"flow_id": U}), request(body={"flow_id": V}), f'body.flow_id: recorded "{U}", sent "{V}"'),
        (request("POST", "/flows", {"id": U}), request("POST", "/flows", {"id": V}), "body.id"),
        (
            request(body={"idempotency_key": U}),
            request(body={"idempotency_key": "mine"}),
            'body.idempotency_key: recorded "<uuid:1>", sent "mine"',
        ),
        (
            request(body=[{"idempotency_key": U}, {"idempotency_key": U}]),
            request(body=[{"idempotency_key": U}, {"idempotency_key": V}]),
            'body[1].idempotency_key: recorded "<uuid:1>", sent "<uuid:2>"',
        ),
        (
            request("POST", "/variables/", {"name": "a", "value": "x"}),
            request("POST", "/variables/", {"name": "b", "value": SECRET}),
            'body.name: recorded "a", sent "b"',
        ),
    ],
)
def test_what_is_compared_and_shown_by_a_miss(path: Path, recorded: Request, sent: Request, difference: str) -> None:
    record(path, recorded)
    with pytest.raises(CassetteMiss) as raised:
        replay(path, sent)
    head = f"{path} has no response for {sent.method} {sent.target.partition('?')[0]}: the nearest is "
    assert str(raised.value).startswith(
        f"{head}{recorded.method} {recorded.target.partition('?')[0]}, which differs in "
    )
    assert difference in str(raised.value)
    assert SECRET not in str(raised.value)


def test_the_nearest_record_is_of_the_same_route(path: Path) -> None:
    record(path, request("POST", "/flows/", {"name": "z"}), request("POST", "/flow_runs/", {"name": "a", "b": 1}))
    with pytest.raises(CassetteMiss, match=r"nearest is POST /flow_runs/, which differs in body.b: recorded 1, sent 2"):
        replay(path, request("POST", "/flow_runs/", {"name": "a", "b": 2}))


def test_a_cassette_without_records_says_so(path: Path) -> None:
    path.write_text('{"cassette": 1, "records": 0}\n')
    with pytest.raises(CassetteMiss, match="it contains no records"):
        replay(path, request())


def test_fields_to_ignore(path: Path) -> None:
    record(path, request("POST", "/x?now=1&a=1", {"before": 1, "b": [{"before": 2}]}), ignore=["before", "now"])
    sent = request("POST", "/x?a=1", {"before": 5, "b": [{}]})
    assert len(replay(path, sent, ignore=["before", "now"])) == 1
    with pytest.raises(CassetteMiss):
        replay(path, sent)


def test_a_replayed_response_contains_the_current_key(path: Path) -> None:
    record(
        path,
        request(body={"idempotency_key": U}),
        respond=lambda asked: json_response({"key": asked.body.decode(), U: U}),
    )
    [again] = replay(path, request(body={"idempotency_key": V}))
    assert again.json() == {"key": f'{{"idempotency_key": "{V}"}}', V: V}


def test_a_replayed_response_contains_the_current_secret(path: Path) -> None:
    def echo(asked: Request) -> Response:
        return json_response({"name": "a", "value": json.loads(asked.body)["value"]})

    sent = [
        request("POST", "/variables/", {"name": "a", "value": value}) for value in ("first-one", 5, ["x", None, True])
    ]
    record(path, *sent, respond=echo)
    again = replay(
        path,
        *[request("POST", "/variables/", {"name": "a", "value": value}) for value in ("other", 7, ["y", None, True])],
    )
    assert [response.json()["value"] for response in again] == ["other", 7, ["y", None, True]]


def test_later_replayed_responses_contain_the_current_secret_too(path: Path) -> None:
    create, read = request("POST", "/variables/", {"value": "first"}), request("GET", "/variables/name/a")
    record(path, read, create, read, respond=lambda _: json_response({"value": "first"}))
    before, _, after = replay(path, read, request("POST", "/variables/", {"value": "second"}), read)
    assert before.json() == {"value": "<secret:1>"}
    assert after.json() == {"value": "second"}


def test_a_text_response_is_restored_too(path: Path) -> None:
    record(
        path,
        request("POST", "/variables/", {"value": "first-one"}),
        respond=lambda _: Response(400, {}, b"bad first-one"),
    )
    assert "first-one" not in path.read_text()
    [again] = replay(path, request("POST", "/variables/", {"value": "second"}))
    assert again.body == b"bad second"


def test_equal_secrets_stay_equal(path: Path) -> None:
    record(path, request("POST", "/variables/", [{"value": "secret-a"}, {"value": "secret-a"}]))
    assert len(replay(path, request("POST", "/variables/", [{"value": "other-b"}, {"value": "other-b"}]))) == 1
    with pytest.raises(CassetteMiss, match="body"):
        replay(path, request("POST", "/variables/", [{"value": "other-b"}, {"value": "other-c"}]))


def test_a_replayed_placeholder_may_be_sent_back(path: Path) -> None:
    def respond(asked: Request) -> Response:
        return json_response({"token": "tok-1234567"} if asked.method == "GET" else {"ok": asked.body.decode()})

    record(path, request("GET", "/t"), request("POST", "/use", {"it": "tok-1234567"}), respond=respond)
    [got] = replay(path, request("GET", "/t"))
    assert got.json() == {"token": "<secret:1>"}
    [_, used] = replay(path, request("GET", "/t"), request("POST", "/use", {"it": got.json()["token"]}))
    assert used.json() == {"ok": '{"it": "<secret:1>"}'}


def test_a_client_that_does_not_hold_the_secret_replays(path: Path) -> None:
    recorded = request(
        "POST",
        f"/names/{SECRET}?q={SECRET}",
        {"text": f"say {SECRET} twice: {SECRET}", "idempotency_key": U},
    )
    record(path, recorded, respond=lambda _: json_response({"text": f"{SECRET}!", "key": U}), secrets=[SECRET])
    assert SECRET not in path.read_text()

    def ask(first: str, second: str) -> Request:
        body = {"text": f"say {first} twice: {second}", "idempotency_key": V}
        return request("POST", f"/names/{first}?q={first}", body)

    [again] = replay(path, ask(SECRET, SECRET))
    assert again.json() == {"text": f"{SECRET}!", "key": V}
    [again] = replay(path, ask('a"\\b', 'a"\\b'))
    assert again.json() == {"text": 'a"\\b!', "key": V}
    with pytest.raises(CassetteMiss):
        replay(path, ask("one", "two"))
    with pytest.raises(CassetteMiss):
        replay(path, request("POST", "/names/x"))


def test_a_secret_that_is_only_partly_known_is_filled_in(path: Path) -> None:
    record(path, request("POST", "/x", {"text": "secret-1 secret-2"}), secrets=["secret-1 secret-2"])
    [again] = replay(path, request("POST", "/x", {"text": "secret-1 other"}), secrets=["secret-1"])
    assert again.json() == {"number": 1}


def test_literal_placeholders_in_a_text_are_text(path: Path) -> None:
    body = {"text": "<uuid:1> <uuid:9> <secret:7>", "idempotency_key": U}
    record(path, request(body=body))
    assert len(replay(path, request(body={**body, "idempotency_key": V}))) == 1


def test_new_records_keep_the_placeholders_of_old_ones(path: Path) -> None:
    one = request("POST", "/variables/", {"name": "a", "value": "secret-a"})
    two = request("POST", "/variables/", {"name": "b", "value": "secret-a"})
    three = request("POST", "/variables/", {"name": "c", "value": "secret-c"})
    record(path, request("POST", "/variables/", {"name": "z", "value": "secret-z"}), one)
    record(path, one, two, three, mode="new_episodes")
    text = path.read_text()
    assert '"name":"a","value":"<secret:2>"' in text
    assert '"name":"b","value":"<secret:2>"' in text
    assert '"name":"c","value":"<secret:4>"' in text


# A value under a name that speaks of a secret is replayed as its placeholder.
names = st.text(max_size=8).filter(lambda name: not is_secret_name(name))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=json_values, got=json_values, query=st.dictionaries(names, st.text(max_size=5), max_size=3))
def test_what_is_recorded_is_replayed(tmp_path: Path, sent: object, got: object, query: dict[str, str]) -> None:
    target = f"/flow_runs/filter?{urlencode(query)}"
    path = tmp_path / "a.jsonl"
    [real] = record(
        path, request("POST", target, sent), respond=lambda _: json_response(got, 201, {"retry-after": "1"})
    )
    [again] = replay(path, request("POST", target, sent), strict_close=True)
    assert (again.status, again.json()) == (real.status, real.json())
    assert {**again.headers, "content-length": ""} == {**JSON_TYPE, "retry-after": "1", "content-length": ""}


def key(text: str, **more: str) -> Key:
    return key_of(RecordedRequest("POST", "/x", [], {}, Body(json={"name": text, **more})))


@pytest.mark.parametrize("placeholders", [2, 4, 20, 500])
@pytest.mark.parametrize("between", ["", "-", "a", "aa"])
def test_placeholders_side_by_side_take_no_time(placeholders: int, between: str) -> None:
    recorded = key(between.join(f"<secret:{number + 1}>" for number in range(placeholders)) + "!")
    assert match_placeholders(recorded, key("a" * 20_000)) is None
    assert (match_placeholders(recorded, key("a" * 20_000 + "!")) is None) == (between == "-")
    assert match_placeholders(recorded, key("a" * (placeholders - 1))) is None


@pytest.mark.parametrize(
    ("recorded", "sent", "filled"),
    [
        ("<secret:5>", "x", ("x",)),
        ("<secret:5>", "", None),
        ("a<secret:5>b", "axb", ("x",)),
        ("a<secret:5>b", "abb", ("b",)),
        ("a<secret:5>b", "ab", None),
        ("a<secret:5>b", "xab", None),
        ("a<secret:5>b", "axbc", None),
        ("<secret:5>-<secret:6>", "a-b-c", ("a", "b-c")),
        ("<secret:5>-<secret:5>", "a-a", ("a",)),
        ("<secret:5>-<secret:5>", "a-b", None),
        ("<secret:5>\n<secret:6>", 'n"\\\n"', ('n"\\', '"')),
    ],
)
def test_the_texts_of_placeholders(recorded: str, sent: str, filled: tuple[str, ...] | None) -> None:
    assert match_placeholders(key(recorded), key(sent)) == filled


def test_a_text_with_one_placeholder_decides_for_those_with_more() -> None:
    recorded = key("<secret:1>-<secret:2>", z="<secret:1>")
    assert match_placeholders(recorded, key("a-b-c", z="a-b")) == ("a-b", "c")
    assert match_placeholders(recorded, key("a-b-c", z="c")) is None


@pytest.mark.parametrize(
    "sent",
    [{"name": 1}, {"name": ["a"]}, {"name": "a", "more": 1}, {"Name": "a"}, {"name": {"a": "a"}}, [], "a", None],
)
def test_another_shape_does_not_match(sent: Any) -> None:
    other = key_of(RecordedRequest("POST", "/x", [], {}, Body(json=sent)))
    assert match_placeholders(key("<secret:1>"), other) is None


def test_integers_and_floats_do_not_match() -> None:
    def numbers(*values: Any) -> Key:
        return key_of(RecordedRequest("POST", "/x", [], {}, Body(json=["<secret:1>", *values])))

    assert match_placeholders(numbers(1, 2.0, True), numbers(1, 2.0, True)) == ("<secret:1>",)
    assert match_placeholders(numbers(1), numbers(1.0)) is None
    assert match_placeholders(numbers(1), numbers(True)) is None
    assert match_placeholders(numbers(1), numbers(1, 2)) is None

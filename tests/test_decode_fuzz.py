"""Whatever the server returns, a call ends with a model or with `ResponseDecodeError`."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from typing import Any, get_args, get_origin

import msgspec
import pytest

from prefectkit.core.engine import Engine
from prefectkit.core.errors import AmbiguousOutcomeError, InvalidParameterError, ResponseDecodeError
from prefectkit.core.hooks import Hooks
from prefectkit.core.io import SyncIO, run
from prefectkit.core.options import Options
from prefectkit.core.retries.policy import RetryPolicy
from prefectkit.core.serialization.codec import encode
from prefectkit.models import IntervalSchedule
from prefectkit.models.base import JSON
from tests.described_responses import DescribedResponse, Maker, everything, unsendable, with_content
from tests.fakes import URL, response
from tests.mutations import DEEP, MARK, MUTATIONS, encoded, places
from tests.report import Capture, say
from tests.test_round_trip import changes

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
"""Of each operation; `make fuzz` takes more."""
SAMPLES = EXAMPLES // 10
"""Responses that are cut off at each byte."""


class Saying:
    """A transport that responds with what is in `body`."""

    def __init__(self) -> None:
        self.body = b""

    def send(self, request: Any) -> Any:
        return response(self.body)

    def close(self) -> None:
        pass


class Caller:
    def __init__(self) -> None:
        self.transport = Saying()
        options = Options(policy=RetryPolicy(max_attempts=1))
        self.engine = Engine(URL, SyncIO(self.transport), Hooks(), options)

    def call(self, case: DescribedResponse, body: bytes) -> Any:
        """What a call makes of a body: a value, or the decode error."""
        self.transport.body = body
        path = dict.fromkeys(case.operation.path.parameters, "0198b5c4-9d2b-7f3e-8b1a-2c3d4e5f6a7b")
        try:
            return run(self.engine.call(case.operation, case.type, path))
        except ResponseDecodeError as error:
            return error
        except AmbiguousOutcomeError as error:
            # What was sent may have had its effect all the same.
            assert isinstance(error.__cause__, ResponseDecodeError)
            return error.__cause__


class OtherForms(Maker):
    """Makes the same values in other forms: whole numbers with a fraction or as text, moments without an offset."""

    or_text = False

    def _choice(self, options: list[dict[str, Any]], depth: int) -> dict[str, Any]:
        # Where a text can stand for itself, it is nothing else.
        self.or_text = any(each.get("type") == "string" and "format" not in each for each in options)
        return super()._choice(options, depth)

    def _typed(self, schema: dict[str, Any], depth: int) -> Any:
        or_text, self.or_text = self.or_text, False
        value = super()._typed(schema, depth)
        # A moment to count from is one in the schedule's own time zone, where it has no offset.
        if or_text or schema.get("title") == "Anchor Date":
            return value
        match schema.get("type"), schema.get("format"):
            case "integer", _ if value < 2**53:
                return str(value) if value % 2 else float(value)
            case "string", "date-time" if value.endswith("Z"):
                return value[:-1].replace("T", " ")
            case "string", "date-time" if value.endswith("+00:00"):
                return value.replace("+00:00", "+0000")
            case _:
                return value


KNOWN = [case for case in with_content() if case.type != JSON]
"""Those whose fields are the server's, not a user's."""


@pytest.fixture(scope="module")
def caller() -> Caller:
    return Caller()


def is_usable(caller: Caller, case: DescribedResponse, read: Any) -> bool:
    """Whether a value can be shown, sent, and read again as the same.

    A moment that UTC does not have, or an integer of more than 64 bits, is not sent.
    """
    try:
        sent = encode(read)
    except InvalidParameterError as error:
        return bool(repr(read)) and unsendable(error)
    return bool(repr(read)) and caller.call(case, sent) == read


def test_every_response_is_a_model_or_a_decode_error(caller: Caller, capsys: Capture) -> None:
    broken: list[str] = []
    for case in everything():
        for number in range(EXAMPLES):
            random = Random(f"{case.name} {number}")
            sent = Maker(random, full=number % 2 == 0).make(case.schema)
            mutation = random.choice(list(MUTATIONS))
            body = MUTATIONS[mutation](sent, random)
            try:
                read = caller.call(case, body)
                if not isinstance(read, ResponseDecodeError) and not is_usable(caller, case, read):
                    broken.append(f"{case.name} {number}, {mutation}: {read!r} is not read again")
            except Exception as error:
                broken.append(f"{case.name} {number}, {mutation}: {error!r:.200}")
    total = len(everything()) * EXAMPLES
    say(capsys, f"responses in {len(MUTATIONS)} ways wrong: survived {total - len(broken)}/{total}")
    assert broken == []


def test_an_object_of_another_application_is_not_a_result(caller: Caller) -> None:
    """A gateway that responds with 200 does not make a change, or a list without rows, of its own object."""
    bodies = (b'{"error":"login_required"}', b'{"status":"ok"}')
    read = {
        case.operation.name
        for case, body in product(everything(), bodies)
        if not isinstance(caller.call(case, body), ResponseDecodeError)
    }
    assert read == {"admin.read_settings", "collections.read_view", "ready"}, "those with any keys"


def test_a_response_that_breaks_off_anywhere(caller: Caller, capsys: Capture) -> None:
    cut = errors = 0
    for seed, case in enumerate(Random("cuts").sample(KNOWN, SAMPLES)):
        body = msgspec.json.encode(Maker(Random(seed), full=True).make(case.schema))
        assert not isinstance(caller.call(case, body), Exception)
        if body[:1] not in b"[{":
            continue  # A number that breaks off is one.
        for length in range(len(body)):
            cut += 1
            errors += isinstance(caller.call(case, body[:length]), ResponseDecodeError)
    say(capsys, f"responses cut off at each byte: survived {errors}/{cut}")
    assert errors == cut > 1000


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case.name)
def test_what_a_newer_server_adds(case: DescribedResponse, caller: Caller) -> None:
    for seed in range(5):
        plain = caller.call(case, msgspec.json.encode(Maker(Random(seed), full=True).make(case.schema)))
        for extra in (("field_of_tomorrow", {"a": [1]}), ("__class__", None)):
            more = Maker(Random(seed), full=True, extra=extra).make(case.schema)
            assert caller.call(case, msgspec.json.encode(more)) == plain
        new = Maker(Random(seed), full=True, enum="FROM_TOMORROW").make(case.schema)
        assert changes(case, new) == []


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case.name)
def test_other_forms_of_the_same(case: DescribedResponse, caller: Caller) -> None:
    for seed in range(5):
        plain = Maker(Random(seed), full=True).make(case.schema)
        other = OtherForms(Random(seed), full=True).make(case.schema)
        assert caller.call(case, msgspec.json.encode(other)) == caller.call(case, msgspec.json.encode(plain))


LISTS = [case for case in with_content() if get_origin(case.type) is list and isinstance(get_args(case.type)[0], type)]


@pytest.mark.parametrize("case", LISTS, ids=lambda case: case.name)
def test_a_bad_row_is_named_by_its_index(case: DescribedResponse, caller: Caller) -> None:
    rows = [Maker(Random(seed), full=True).make(case.schema["items"]) for seed in range(3)]
    assert len(caller.call(case, msgspec.json.encode(rows))) == 3
    for at in range(3):
        error = caller.call(case, msgspec.json.encode([*rows[:at], [], *rows[at + 1 :]]))
        assert isinstance(error, ResponseDecodeError)
        assert f"`$[{at}]`" in str(error)
    for (holder, key), value in product(places(rows[1]), ("no value", [[0]], {"key": [None]})):
        right, holder[key] = holder[key], value
        error = caller.call(case, msgspec.json.encode(rows))
        holder[key] = right
        assert not isinstance(error, ResponseDecodeError) or "`$[1]" in str(error)


def test_a_bad_row_is_named_beside_one_that_is_mended(caller: Caller) -> None:
    (case,) = [case for case in with_content() if case.name == "flow_runs.list"]
    rows = [Maker(Random(seed), full=True).make(case.schema["items"]) for seed in range(3)]
    rows[0]["created"] = "2024-01-02"
    rows[2]["run_count"] = "many"
    assert "`$[2].run_count`" in str(caller.call(case, msgspec.json.encode(rows)))


def test_timestamps_inside_a_union_are_repaired_too(caller: Caller) -> None:
    (case,) = [case for case in with_content() if case.name == "deployments.schedules.create"]
    sent = Maker(Random(0), full=True).make(case.schema["items"])
    rows = [sent | {"schedule": {"interval": 90, "anchor_date": "2024-01-02T03:04:60Z"}}]
    (read,) = caller.call(case, msgspec.json.encode(rows))
    assert read.schedule == IntervalSchedule(
        interval=timedelta(seconds=90), anchor_date=datetime(2024, 1, 2, 3, 4, 59, tzinfo=UTC)
    )


@pytest.mark.parametrize("type_", ["of tomorrow", ["event"], None, 5])
def test_a_kind_that_is_not_known_stays_as_it_came(type_: Any, caller: Caller) -> None:
    (case,) = [case for case in with_content() if case.name == "automations.read"]
    trigger = {"type": type_, "triggers": [{"type": "event"}]}
    sent = Maker(Random(0), full=True).make(case.schema) | {"trigger": trigger}
    assert caller.call(case, msgspec.json.encode(sent)).trigger == trigger


@pytest.mark.parametrize("depth", [10, 100, 300, 1000, DEEP])
def test_triggers_in_triggers(depth: int, caller: Caller) -> None:
    (case,) = [case for case in with_content() if case.name == "automations.read"]
    sent = Maker(Random(0), full=True).make(case.schema) | {"trigger": MARK}
    trigger = b'{"type":"sequence","triggers":['
    read = caller.call(case, encoded(sent, trigger * depth + b"]}" * depth))
    assert isinstance(read, ResponseDecodeError) == (depth > 100)

"""What the server sends, the models keep: every field, and every value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import pytest

from prefectkit import Prefect
from prefectkit.core.http.messages import Response
from prefectkit.core.serialization.codec import decode, encode
from tests.described_responses import DescribedResponse, Maker, with_content
from tests.real_responses import Recorder, read_deployments, read_runs, read_the_rest
from tests.real_server import RealServer
from tests.report import Capture, say

EXAMPLES = 12


def differences(sent: Any, read: Any, place: str = "$") -> Iterator[str]:
    """Where a value that was read is not what was sent, other forms of the same moment or duration aside."""
    match read:
        case msgspec.Struct():
            config = read.__struct_config__
            fields = {field.encode_name: field.name for field in msgspec.structs.fields(read)}
            for name, value in sent.items():
                if (name, value) == (config.tag_field, config.tag):
                    continue
                if name not in fields:
                    yield f"{place}.{name} is lost"
                else:
                    yield from differences(value, getattr(read, fields[name]), f"{place}.{name}")
        case dict() if isinstance(sent, dict):
            found = {str(key): value for key, value in read.items()}
            if found.keys() != sent.keys():
                yield f"{place} has the keys {sorted(found)} for {sorted(sent)}"
            for key in found.keys() & sent.keys():
                yield from differences(sent[key], found[key], f"{place}[{key!r}]")
        case list() | tuple() if isinstance(sent, list):
            if len(read) != len(sent):
                yield f"{place} has {len(read)} values for {len(sent)}"
            for at, (one, other) in enumerate(zip(sent, read, strict=False)):
                yield from differences(one, other, f"{place}[{at}]")
        case _ if not _same(sent, read):
            yield f"{place} is {read!r} for {sent!r}"


def _same(sent: Any, read: Any) -> bool:
    match read:
        case datetime() if isinstance(sent, str):
            moment = datetime.fromisoformat(sent)
            return (moment, moment.utcoffset()) == (read, read.utcoffset())
        case timedelta() if isinstance(sent, str):
            return msgspec.json.decode(msgspec.json.encode(sent), type=timedelta) == read
        case timedelta():
            return timedelta(seconds=sent) == read
        case UUID():
            return sent == str(read)
        case set():
            return sorted(sent) == sorted(read)
        case Enum():
            return sent == read.value
        case bool() | None:
            return sent is read
        case float() if isinstance(sent, int):
            return float(sent) == read
        case _:
            return sent == read and not isinstance(sent, bool)


def changes(case: DescribedResponse, sent: Any) -> list[str]:
    """The differences after decoding a value from JSON, encoding it, and decoding it again."""
    read = decode(case.type, Response(200, {}, msgspec.json.encode(sent)))
    again = decode(case.type, Response(200, {}, encode(read)))
    return [*differences(sent, read), *([] if again == read else ["the second reading is another"])]


@pytest.mark.parametrize("case", with_content(), ids=lambda case: case.name)
def test_no_field_and_no_value_is_lost(case: DescribedResponse) -> None:
    for seed in range(EXAMPLES):
        sent = Maker(Random(seed), full=True).make(case.schema)
        assert changes(case, sent) == []


def test_real_responses(server: RealServer, capsys: Capture) -> None:
    recorder = Recorder()
    with Prefect(server.url, plugins=[recorder]) as client:
        for read in (read_runs, read_deployments, read_the_rest):
            read(client)
    cases = {case.name: case for case in with_content()}
    wrong = {name: lost for name, sent in recorder.responses if name in cases and (lost := changes(cases[name], sent))}
    seen = {name for name, _ in recorder.responses} & cases.keys()
    say(capsys, f"real responses unchanged: {len(seen) - len(wrong)}/{len(seen)} operations of {len(cases)}")
    assert wrong == {}
    assert len(seen) > 100

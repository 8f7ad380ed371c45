"""From the bytes of a response to values, without the official client: ours, msgspec alone, the standard library."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager

import msgspec

from benchmarks.data import A_PAGE, ONE_RUN
from benchmarks.peers import Operations
from prefectkit.core.http.messages import Response
from prefectkit.core.serialization import codec
from prefectkit.models import FlowRun


@contextmanager
def ours() -> Generator[Operations]:
    """As the engine decodes a response."""
    one, page = Response(200, body=ONE_RUN), Response(200, body=A_PAGE)
    yield {"one": lambda: codec.decode(FlowRun, one), "page": lambda: codec.decode(list[FlowRun], page)}


@contextmanager
def bare_msgspec() -> Generator[Operations]:
    """msgspec's own decoder, into the same Structs."""
    # Seconds stand for a duration on the wire, which msgspec reads only when it is not strict.
    one, page = msgspec.json.Decoder(FlowRun, strict=False), msgspec.json.Decoder(list[FlowRun], strict=False)
    yield {"one": lambda: one.decode(ONE_RUN), "page": lambda: page.decode(A_PAGE)}


@contextmanager
def standard_library() -> Generator[Operations]:
    """`json.loads`: dicts and text, nothing checked."""
    yield {"one": lambda: json.loads(ONE_RUN), "page": lambda: json.loads(A_PAGE)}

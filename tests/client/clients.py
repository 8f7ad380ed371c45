"""Clients over a transport that follows a script."""

from __future__ import annotations

from typing import Any

from prefectkit import Prefect
from tests.fakes import FakeTransport

FLOW = {"id": "00000000-0000-0000-0000-000000000001", "name": "a"}


def blocking(*responses: Any, **arguments: Any) -> tuple[Prefect, FakeTransport]:
    transport = FakeTransport(*responses)
    return Prefect(transport=transport, **arguments), transport

"""The same calls on Prefect's own client and on this one: the same results, field by field, and the same errors."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compat.comparison import compare
from tests.compat.scenarios import ALL
from tests.compat.two_clients import Scenario, official_names, own_names
from tests.real_server import RealServer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("names", [own_names, official_names], ids=["our-objects", "their-objects"])
@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.__name__)
async def test_both_clients_return_the_same(scenario: Scenario, names: Any, sync: bool, server: RealServer) -> None:
    wrong = await compare(scenario, names, sync, server.url)
    assert not wrong, "\n".join(wrong)

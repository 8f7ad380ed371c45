"""The same calls on Prefect's own client and on this one: the same results, field by field, and the same errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.compat import programs
from tests.compat.comparison import compare, differing, play
from tests.compat.programs import Execute
from tests.compat.scenarios import ALL
from tests.compat.two_clients import Scenario, official, official_names, own_names
from tests.real_server import RealServer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("names", [own_names, official_names], ids=["our-objects", "their-objects"])
@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.__name__)
async def test_both_clients_return_the_same(scenario: Scenario, names: Any, sync: bool, server: RealServer) -> None:
    wrong = await compare(scenario, names, sync, server.url)
    assert not wrong, "\n".join(wrong)


PLAY = """
import asyncio, json
from tests.compat import programs
from tests.compat.comparison import play
from tests.compat.scenarios import ALL
from tests.compat.two_clients import ours

(scenario,) = [each for each in ALL if each.__name__ == {name!r}]
print(json.dumps(asyncio.run(play(ours, scenario, {sync}, {url!r}))))
"""


@pytest.fixture(scope="module")
def without_prefect(server: RealServer) -> Iterator[Execute]:
    """A process in which Prefect cannot be imported."""
    with programs.without_prefect(server.url) as execute:
        yield execute


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.__name__)
async def test_where_prefect_cannot_be_imported_the_results_are_the_same(
    scenario: Scenario, sync: bool, server: RealServer, without_prefect: Execute
) -> None:
    expected, asked = await play(official, scenario, sync, server.url)
    output, error = without_prefect(scenario.__name__, PLAY.format(name=scenario.__name__, sync=sync, url=server.url))
    assert error is None, error
    found, sent = json.loads(output)
    wrong = differing(found, json.loads(json.dumps(expected)), sent, asked)
    assert not wrong, "\n".join(wrong)

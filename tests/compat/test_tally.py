"""Every flat method is called by a scenario: on both clients, sync and async."""

from __future__ import annotations

import pytest

from tests.compat import tally
from tests.compat.comparison import compare
from tests.compat.scenarios import ALL
from tests.compat.sides import own_names
from tests.compat.test_on_cloud import compare_on_cloud
from tests.compat.test_on_cloud import scenario as on_cloud
from tests.real_server import RealServer
from tests.report import Capture, say

pytestmark = pytest.mark.anyio


async def test_every_method_is_compared(server: RealServer, capsys: Capture) -> None:
    for scenario, sync in tally.unplayed(ALL):
        await compare(scenario, own_names, sync, server.url)
    for _, sync in tally.unplayed([on_cloud]):
        await compare_on_cloud("by-its-url", own_names, sync)
    say(capsys, tally.line())
    assert tally.missing() == {"PrefectClient": set(), "SyncPrefectClient": set()}
    assert tally.line() == "methods 137/137, differences 0"

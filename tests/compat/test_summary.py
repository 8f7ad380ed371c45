"""Every flat method is called by a scenario: on both clients, sync and async."""

from __future__ import annotations

import pytest

from tests.compat import summary
from tests.compat.comparison import compare
from tests.compat.scenarios import ALL
from tests.compat.two_clients import own_names
from tests.real_server import RealServer
from tests.report import Capture, say

pytestmark = pytest.mark.anyio


async def test_every_method_is_compared(server: RealServer, capsys: Capture) -> None:
    from tests.compat.test_on_cloud import compare_on_cloud  # imports Prefect
    from tests.compat.test_on_cloud import scenario as on_cloud

    for scenario, sync in summary.unplayed(ALL):
        await compare(scenario, own_names, sync, server.url)
    for _, sync in summary.unplayed([on_cloud]):
        await compare_on_cloud("by-its-url", own_names, sync)
    say(capsys, summary.line())
    assert summary.missing() == {"PrefectClient": set(), "SyncPrefectClient": set()}
    assert summary.line() == "methods 137/137, differences 0"

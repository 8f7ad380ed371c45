"""Tools to test a plugin: a fake server, a recorder of hooks, and a check that finds mistakes.

    from prefectkit import Prefect
    from prefectkit.plugins.testing import FakeServer, check_plugin

    def test_it_keeps_the_rules():
        check_plugin(Team())

    def test_it_sends_the_header():
        server = FakeServer({("GET", "/health"): True})
        with Prefect(server.url, transport=server.transport, plugins=[Team()]) as client:
            client.health()
        assert server.requests[0].headers["x-team"] == "data"

None of this opens a connection, and no other module of the SDK imports it.
"""

from prefectkit.plugins.testing.check import check_plugin, problems_of
from prefectkit.plugins.testing.recorder import HookCall, Recorder
from prefectkit.plugins.testing.server import FakeServer, Reply

__all__ = ["FakeServer", "HookCall", "Recorder", "Reply", "check_plugin", "problems_of"]

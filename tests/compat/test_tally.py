"""Every flat method is called by a scenario: on both clients, sync and async."""

from __future__ import annotations

import pytest

from tests.compat import tally, test_on_cloud
from tests.compat.scenarios import ALL


def test_every_method_is_compared() -> None:
    if not tally.is_complete([*ALL, test_on_cloud.scenario]):
        pytest.skip("not all scenarios were played before it")
    assert tally.missing() == {"PrefectClient": set(), "SyncPrefectClient": set()}
    assert tally.line() == "methods 137/137, differences 0"

from __future__ import annotations

import pytest

from prefectkit.errors import NotFound
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


async def test_view(client: Awaited, sent: Sent) -> None:
    view = await client.collections.read_view("aggregate-worker-metadata")
    assert sent.last == ("GET", "/collections/views/aggregate-worker-metadata", None)
    assert view["prefect"]["process"]["type"] == "process"
    with pytest.raises(NotFound):
        await client.collections.read_view("no such view")

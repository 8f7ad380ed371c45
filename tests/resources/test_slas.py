from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.errors import NotFound
from prefectkit.models import FrequencySla, LatenessSla, SlaSeverity, TimeToCompletionSla
from tests.fakes import AsyncFakeTransport, FakeTransport, response
from tests.surfaces import Awaited

pytestmark = pytest.mark.anyio

CLOUD = "https://cloud.test/api"

RESOURCE = f"prefect.deployment.{uuid4()}"
SLAS = [
    TimeToCompletionSla(name="quick", duration=60, severity=SlaSeverity.HIGH),
    FrequencySla(name="often", stale_after=timedelta(hours=2), enabled=False),
    LatenessSla(name="prompt", within=timedelta(minutes=5)),
]
BODY = [
    {"name": "quick", "duration": 60, "severity": "high", "owner_resource": RESOURCE},
    {"name": "often", "stale_after": 7200, "enabled": False, "owner_resource": RESOURCE},
    {"name": "prompt", "within": 300, "owner_resource": RESOURCE},
]
MERGED = {"created": [{"name": "quick"}], "updated": [], "deleted": [{"name": "slow"}]}


@pytest.fixture(autouse=True)
def _no_csrf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")


def test_apply() -> None:
    transport = FakeTransport(response(MERGED))
    with Prefect(CLOUD, transport=transport) as client:
        merged = client.slas.apply(RESOURCE, SLAS)
    check(transport, merged)


async def test_apply_asynchronously() -> None:
    transport = AsyncFakeTransport(response(MERGED))
    async with AsyncPrefect(CLOUD, transport=transport) as client:
        merged = await client.slas.apply(RESOURCE, SLAS)
    check(transport, merged)


def check(transport: FakeTransport | AsyncFakeTransport, merged: object) -> None:
    assert msgspec.to_builtins(merged) == MERGED
    assert transport.sent == [f"POST /slas/apply-resource-slas/{RESOURCE}"]
    assert msgspec.json.decode(transport.last.body) == BODY


async def test_a_server_without_agreements(client: Awaited) -> None:
    with pytest.raises(NotFound):
        await client.slas.apply(RESOURCE, SLAS)

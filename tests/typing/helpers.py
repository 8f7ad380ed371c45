"""The helpers of `prefectkit.compat` as type checkers see them."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, assert_type
from uuid import UUID

from prefectkit.compat.artifacts import acreate_link_artifact, create_link_artifact
from prefectkit.compat.blocks.system import Secret, String
from prefectkit.compat.concurrency import asyncio, sync
from prefectkit.compat.flow_runs import resume_flow_run
from prefectkit.compat.settings import PREFECT_API_URL, temporary_settings
from prefectkit.compat.variables import Variable


def blocking(flow_run_id: UUID) -> None:
    assert_type(create_link_artifact("https://a.test", key="a"), UUID | Coroutine[Any, Any, UUID])
    assert_type(Variable.set("name", 1), Variable | Coroutine[Any, Any, Variable])
    assert_type(Variable.unset("name"), bool | Coroutine[Any, Any, bool])
    assert_type(String(value="x").save("name"), UUID | Coroutine[Any, Any, UUID])
    secret: Any = Secret.load("name")
    secret.get()
    resume_flow_run(flow_run_id)
    with temporary_settings({PREFECT_API_URL: "http://a.test/api"}) as settings, sync.concurrency(["a"], occupy=2):
        assert_type(settings.api_url, str | None)


async def awaited() -> None:
    assert_type(await acreate_link_artifact("https://a.test"), UUID)
    assert_type(await Variable.aset("name", 1), Variable)
    assert_type(await Variable.aunset("name"), bool)
    assert_type(await Secret(value="x").asave("name"), UUID)
    async with asyncio.concurrency("a", timeout_seconds=1):
        await asyncio.rate_limit("a")

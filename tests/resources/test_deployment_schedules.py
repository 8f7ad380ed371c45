from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from prefectkit.errors import Conflict, NotFound, UnprocessableEntity
from prefectkit.models.deployment_schedules import DeploymentScheduleCreate
from prefectkit.models.schedules import CronSchedule, IntervalSchedule
from tests.resources.runs import new_deployment, record, when_free
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio

SCHEDULES = "/deployments/{id}/schedules"
DAILY = DeploymentScheduleCreate(schedule=CronSchedule(cron="0 9 * * *", timezone="Europe/Berlin"), slug="daily")


async def test_create_sends_a_list(client: Awaited, sent: Sent) -> None:
    deployment = await new_deployment(client)
    hourly = DeploymentScheduleCreate(schedule=IntervalSchedule(interval=timedelta(hours=1)), active=False)
    created = await when_free(client.deployments.schedules.create, deployment.id, [DAILY, hourly])
    method, target, body = sent.last
    assert (method, target) == ("POST", f"/deployments/{deployment.id}/schedules")
    assert body[0] == {"schedule": {"cron": "0 9 * * *", "timezone": "Europe/Berlin"}, "slug": "daily"}
    assert [(it.slug, it.active, it.deployment_id) for it in created] == [
        ("daily", True, deployment.id),
        (None, False, deployment.id),
    ]
    stored = {it["id"]: it for it in await record(client, SCHEDULES, deployment.id)}
    assert stored.keys() == {str(it.id) for it in created}
    # On Python 3.13 the server returns text.
    assert stored[str(created[1].id)]["schedule"]["interval"] in (3600, "PT3600S")


async def test_create_refuses(client: Awaited) -> None:
    deployment = await new_deployment(client, schedules=[DAILY])
    with pytest.raises(Conflict):
        await when_free(client.deployments.schedules.create, deployment.id, [DAILY])
    with pytest.raises(UnprocessableEntity):
        wrong = DeploymentScheduleCreate(schedule=CronSchedule(cron="never"))
        await when_free(client.deployments.schedules.create, deployment.id, [wrong])
    with pytest.raises(NotFound):
        await when_free(client.deployments.schedules.create, uuid4(), [DAILY])
    assert len(await record(client, SCHEDULES, deployment.id)) == 1


async def test_list(client: Awaited) -> None:
    deployment = await new_deployment(client, schedules=[DAILY])
    (schedule,) = await client.deployments.schedules.list(deployment.id)
    assert isinstance(schedule.schedule, CronSchedule)
    assert (schedule.slug, schedule.schedule.cron) == ("daily", "0 9 * * *")
    with pytest.raises(NotFound):
        await client.deployments.schedules.list(uuid4())


async def test_update_leaves_alone_what_is_not_given(client: Awaited, sent: Sent) -> None:
    deployment = await new_deployment(client, schedules=[DAILY])
    id = deployment.schedules[0].id
    assert await client.deployments.schedules.update(deployment.id, id, active=False) is None
    assert sent.last == ("PATCH", f"/deployments/{deployment.id}/schedules/{id}", {"active": False})
    (stored,) = await record(client, SCHEDULES, deployment.id)
    assert (stored["active"], stored["slug"], stored["schedule"]["cron"]) == (False, "daily", "0 9 * * *")
    with pytest.raises(NotFound):
        await client.deployments.schedules.update(deployment.id, uuid4(), active=False)


async def test_delete(client: Awaited) -> None:
    deployment = await new_deployment(client, schedules=[DAILY])
    id = deployment.schedules[0].id
    await client.deployments.schedules.delete(deployment.id, id)
    assert await record(client, SCHEDULES, deployment.id) == []
    with pytest.raises(NotFound):
        await client.deployments.schedules.delete(deployment.id, id)

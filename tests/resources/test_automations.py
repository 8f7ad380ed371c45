from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from prefectkit.errors import NotFound, UnprocessableEntity
from prefectkit.models import CompoundTrigger, DoNothing, EventTrigger, PauseDeployment, Posture
from prefectkit.models.filters import AutomationFilter, AutomationFilterName, AutomationFilterTags
from tests.resources.runs import new_deployment, record
from tests.resources.stored import slug
from tests.surfaces import Awaited, Sent
from tests.versions import at_least

pytestmark = pytest.mark.anyio

AUTOMATION = "/automations/{id}"


def minimal(**fields: Any) -> dict[str, Any]:
    return {"name": slug(), "trigger": EventTrigger(expect={"order.paid"}), "actions": [DoNothing()]} | fields


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    deployment = await new_deployment(client)
    silence = EventTrigger(expect={"b"}, posture=Posture.Proactive, within=timedelta(minutes=1), threshold=2)
    automation = await client.automations.create(
        name="watch",
        trigger=CompoundTrigger(triggers=[EventTrigger(expect={"a"}), silence], require="any", within=60),
        actions=[PauseDeployment(source="selected", deployment_id=deployment.id), DoNothing()],
        tags=["x"],
    )
    body = sent.last[2]
    assert body.keys() == {"name", "trigger", "actions", "tags"}
    assert (body["trigger"]["type"], [it["type"] for it in body["trigger"]["triggers"]]) == ("compound", ["event"] * 2)
    assert body["actions"][0] == {
        "type": "pause-deployment",
        "source": "selected",
        "deployment_id": str(deployment.id),
    }
    read = await client.automations.read(automation.id)
    assert isinstance(read.trigger, CompoundTrigger) and read.trigger.require == "any"
    assert (read.trigger.triggers[1].posture, read.trigger.triggers[1].within) == (Posture.Proactive, 60)
    assert read.actions == [PauseDeployment(source="selected", deployment_id=deployment.id), DoNothing()]

    assert await client.automations.patch(automation.id, enabled=False) is None
    assert sent.last[2] == {"enabled": False}
    stored = await record(client, AUTOMATION, automation.id)
    assert (stored["enabled"], stored["tags"]) == (False, ["x"])

    assert await client.automations.update(automation.id, **minimal(name="anew")) is None
    assert sent.last[0] == "PUT"
    stored = await record(client, AUTOMATION, automation.id)
    assert (stored["name"], stored["enabled"], stored["tags"]) == ("anew", False, ["x"])
    assert (stored["trigger"]["expect"], stored["actions"]) == (["order.paid"], [{"type": "do-nothing"}])

    assert await client.automations.delete(automation.id) is None
    for call in (client.automations.read, client.automations.delete):
        with pytest.raises(NotFound):
            await call(automation.id)


async def test_list_iterate_and_count(client: Awaited, sent: Sent) -> None:
    tag = slug()
    names = [(await client.automations.create(**minimal(tags=[tag]))).name for _ in range(3)]
    these = AutomationFilter(tags=AutomationFilterTags(all_=[tag]))
    counted = await client.automations.count(automations=these)
    # Older servers count all of them.
    assert counted == 3 if at_least("3.8") else counted >= 3
    page = await client.automations.list(automations=these, sort="NAME_DESC", limit=2, offset=1)
    assert [it.name for it in page] == sorted(names, reverse=True)[1:]
    assert sent.last[2] == {"automations": {"tags": {"all_": [tag]}}, "sort": "NAME_DESC", "limit": 2, "offset": 1}
    assert [it.name async for it in client.automations.iterate(automations=these, sort="NAME_ASC")] == sorted(names)
    one = AutomationFilter(name=AutomationFilterName(any_=names[:1]))
    assert [it.name for it in await client.automations.list(automations=one)] == names[:1]


async def test_what_belongs_to_a_resource(client: Awaited, sent: Sent) -> None:
    owner = f"prefect.deployment.{uuid4()}"
    automation = await client.automations.create(**minimal(owner_resource=owner))
    assert sent.last[2]["owner_resource"] == owner
    assert [it.id for it in await client.automations.list_related_to(owner)] == [automation.id]
    assert sent.last[1] == f"/automations/related-to/{owner}"
    assert await client.automations.delete_owned_by(owner) is None
    assert await client.automations.list_related_to(owner) == []
    assert await client.automations.delete_owned_by(owner) is None
    with pytest.raises(NotFound):
        await client.automations.read(automation.id)


async def test_refusals(client: Awaited) -> None:
    with pytest.raises(UnprocessableEntity):
        await client.automations.create(**minimal(actions=[{"type": "no-such-thing"}]))
    with pytest.raises(NotFound):
        await client.automations.update(uuid4(), **minimal())
    with pytest.raises(NotFound):
        await client.automations.patch(uuid4(), enabled=True)
    with pytest.raises(UnprocessableEntity):
        await client.automations.list(limit=100_000)


@pytest.mark.parametrize("group", ["automations", "templates"])
async def test_templates(client: Awaited, sent: Sent, group: str) -> None:
    call = client.templates.validate if group == "templates" else client.automations.validate_template
    assert await call("Run {{ flow_run.name }} ☃") is None
    assert sent.last[2] == "Run {{ flow_run.name }} ☃"
    with pytest.raises(UnprocessableEntity) as caught:
        await call("{{ flow_run")
    assert caught.value.detail["error"]["line"] == 1

"""An automation that speaks up when a run is stuck; paused, resumed and taken away."""

import asyncio
from datetime import timedelta

from prefect.client.orchestration import get_client
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture


async def main():
    async with get_client() as client:
        id = await client.create_automation(
            AutomationCore(
                name="stuck",
                description="runs that hang",
                trigger=EventTrigger(
                    expect={"prefect.flow-run.Completed"},
                    after={"prefect.flow-run.Running"},
                    for_each={"prefect.resource.id"},
                    posture=Posture.Proactive,
                    threshold=1,
                    within=timedelta(minutes=30),
                ),
                actions=[ChangeFlowRunState(state="CANCELLED", name="Stuck", message="hung")],
            )
        )
        await client.pause_automation(id)
        found = await client.find_automation("stuck")
        print(found.name, found.enabled, found.trigger.posture.value, found.trigger.threshold)
        await client.resume_automation(id)
        print([(each.name, each.enabled, len(each.actions)) for each in await client.read_automations_by_name("stuck")])
        print(await client.find_automation("nobody"))
        await client.delete_automation(id)
        print([each.name for each in await client.read_automations()])


asyncio.run(main())

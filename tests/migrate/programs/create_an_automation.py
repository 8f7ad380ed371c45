import asyncio
from datetime import timedelta

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

STUCK = AutomationCore(
    name="crash what is stuck",
    trigger=EventTrigger(
        after={"prefect.flow-run.Running"},
        expect={"prefect.flow-run.*"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(minutes=90),
    ),
    actions=[ChangeFlowRunState(state=StateType.CRASHED, message="stuck")],
)


async def main():
    async with get_client() as client:
        automation = await client.read_automation(await client.create_automation(STUCK))
        print(automation.name, automation.enabled, automation.actions[0].type, automation.trigger.threshold)


asyncio.run(main())

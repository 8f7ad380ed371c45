"""Runs whose heartbeats are missing are marked as crashed."""

from datetime import timedelta

from prefect.automations import Automation
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

automation = Automation(
    name="zombies",
    trigger=EventTrigger(
        after={"prefect.flow-run.heartbeat"},
        expect={"prefect.flow-run.*"},
        match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(seconds=90),
    ),
    actions=[ChangeFlowRunState(state=StateType.CRASHED, message="no heartbeat")],
)
created = automation.create()

with get_client(sync_client=True) as client:
    (stored,) = client.read_automations_by_name("zombies")
    print(stored.id == created.id, stored.enabled, stored.trigger.posture.value)
    print(stored.trigger.model_dump(mode="json")["match"])
    print(stored.trigger.after, stored.trigger.expect, stored.trigger.for_each, stored.trigger.threshold)
    print(stored.actions[0].type, stored.actions[0].state, stored.actions[0].message)

from prefect.client.orchestration import get_client
from prefect.events.actions import RunDeployment
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

with get_client(sync_client=True) as client:
    deployment = client.read_deployment_by_name("report/daily")
    trigger = EventTrigger(expect={"file.arrived"}, posture=Posture.Reactive, threshold=1, within=0)
    action = RunDeployment(source="selected", deployment_id=deployment.id, parameters={"day": "{{ event.id }}"})
    client.create_automation(AutomationCore(name="on arrival", trigger=trigger, actions=[action]))
    for automation in client.read_automations_by_name("on arrival"):
        client.pause_automation(automation.id)
        print(automation.name, client.read_automation(automation.id).enabled)
        client.delete_automation(automation.id)

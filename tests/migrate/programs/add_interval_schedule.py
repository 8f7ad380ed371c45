from datetime import timedelta

from prefect.client.orchestration import get_client
from prefect.client.schemas.schedules import IntervalSchedule, RRuleSchedule

with get_client(sync_client=True) as client:
    deployment = client.read_deployment_by_name("train/by-hand")
    rules = [IntervalSchedule(interval=timedelta(hours=6)), RRuleSchedule(rrule="FREQ=DAILY", timezone="UTC")]
    client.create_deployment_schedules(deployment.id, [(rule, False) for rule in rules])
    found = [each.schedule for each in client.read_deployment_schedules(deployment.id)]
    print(sorted(type(each).__name__ for each in found))
    print([each.interval for each in found if isinstance(each, IntervalSchedule)])

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.schedules import CronSchedule


@flow
def nightly() -> None: ...


deployment_id = nightly.to_deployment("at-two", schedule=CronSchedule(cron="0 2 * * *"), work_pool_name="kube").apply()
with get_client(sync_client=True) as client:
    (schedule,) = client.read_deployment_schedules(deployment_id)
    print(schedule.schedule.cron)

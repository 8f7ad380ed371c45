"""Schedules of a flow, one or several, with a first moment and a time zone."""

from datetime import datetime, timedelta

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.schedules import IntervalSchedule


@flow
def tick() -> None: ...


every_minute = IntervalSchedule(interval=timedelta(minutes=1))
in_chicago = IntervalSchedule(
    interval=timedelta(minutes=10), anchor_date=datetime(2026, 1, 1, 0, 0), timezone="America/Chicago"
)
one = tick.to_deployment("one", schedule=every_minute, work_pool_name="kube").apply()
several = tick.to_deployment("several", schedules=[every_minute, in_chicago], work_pool_name="kube").apply()

with get_client(sync_client=True) as client:
    for deployment_id in (one, several):
        for each in sorted(client.read_deployment_schedules(deployment_id), key=lambda each: each.schedule.interval):
            print(each.active, each.schedule.interval, each.schedule.timezone)
    print(each.schedule.anchor_date.utcoffset())

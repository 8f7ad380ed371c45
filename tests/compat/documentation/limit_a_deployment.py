"""Deploy a flow of which few runs go at a time, and the newest are cancelled."""

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy


@flow
def load() -> None: ...


IMAGE = {"variables": {"properties": {"image": {"type": "string"}}}, "job_configuration": {"image": "{{ image }}"}}
newest = ConcurrencyLimitConfig(
    limit=3, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=120
)
with get_client(sync_client=True) as client:
    client.create_work_pool(WorkPoolCreate(name="images", type="kubernetes", base_job_template=IMAGE))
by_number = load.deploy("few", work_pool_name="images", image="image:1", build=False, concurrency_limit=2)
by_config = load.deploy("newest", work_pool_name="images", image="image:1", build=False, concurrency_limit=newest)

with get_client(sync_client=True) as client:
    for deployment_id in (by_number, by_config):
        deployment = client.read_deployment(deployment_id)
        options = deployment.concurrency_options
        print(deployment.name, deployment.global_concurrency_limit.limit)
        print(options and (options.collision_strategy.value, options.grace_period_seconds))

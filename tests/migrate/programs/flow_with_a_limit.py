import prefect
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.concurrency.sync import concurrency

with prefect.get_client(sync_client=True) as client:
    client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name="slots", limit=1))


@prefect.flow
def work() -> str:
    with concurrency("slots", occupy=1):
        return "done"


print(work())

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.concurrency.sync import concurrency

with get_client(sync_client=True) as client:
    client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name="database", limit=2))
    with concurrency("database", occupy=2, timeout_seconds=5):
        print(client.read_global_concurrency_limit_by_name("database").active_slots)
    print(client.read_global_concurrency_limit_by_name("database").active_slots)

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate

with get_client(sync_client=True) as client:
    client.upsert_global_concurrency_limit_by_name("exports", 3)
    client.update_global_concurrency_limit("exports", GlobalConcurrencyLimitUpdate(limit=5, active=False))
    print([(each.name, each.limit, each.active) for each in client.read_global_concurrency_limits()])
    client.delete_global_concurrency_limit_by_name("exports")

from prefect.client.orchestration import get_client

with get_client(sync_client=True) as client:
    print(client.api_healthcheck(), client.hello().json(), client.server_type.name)
    client.raise_for_api_version_mismatch()

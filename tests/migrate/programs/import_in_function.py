def flow_names() -> list[str]:
    # Imported late: it takes a second.
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.sorting import FlowSort

    with get_client(sync_client=True) as client:
        return [flow.name for flow in client.read_flows(sort=FlowSort.NAME_ASC)]


if __name__ == "__main__":
    print(flow_names())

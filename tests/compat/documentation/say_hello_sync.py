from prefect import get_client

with get_client(sync_client=True) as client:
    reply = client.hello()
    print(reply.status_code, reply.json())

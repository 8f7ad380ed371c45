from prefect import get_client

with get_client(sync_client=True) as client:
    for pool in client.read_work_pools():
        print(pool.name, pool.type, pool.concurrency_limit, pool.is_paused)
    for queue in sorted(client.read_work_queues(work_pool_name="kube"), key=lambda queue: queue.name):
        print(queue.name, queue.priority)

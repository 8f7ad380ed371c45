from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import WorkQueue


def describe(queue: WorkQueue) -> str:
    return f"{queue.name}: {queue.concurrency_limit}, paused: {queue.is_paused}"


with get_client(sync_client=True) as client:
    queue = client.create_work_queue(name="slow", work_pool_name="kube", concurrency_limit=1)
    client.update_work_queue(queue.id, is_paused=True)
    print(describe(client.read_work_queue_by_name("slow", work_pool_name="kube")))
    client.delete_work_queue_by_id(queue.id)

from prefect import flow, get_run_logger
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from prefect.variables import Variable


@flow
def where() -> str:
    get_run_logger().info("asked")
    with get_client(sync_client=True) as client:
        try:
            client.read_deployment_by_name("no/where")
        except ObjectNotFound:
            return Variable.get("environment")


print(where())

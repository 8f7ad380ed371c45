"""What the rest of the project imports of the client."""

from prefect.client.orchestration import get_client as get_client
from prefect.client.schemas.responses import DeploymentResponse, FlowRunResponse
from prefect.exceptions import ObjectNotFound

__all__ = ["DeploymentResponse", "FlowRunResponse", "ObjectNotFound", "get_client"]

print(all(name in globals() for name in __all__))

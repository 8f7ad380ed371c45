"""Inputs of flow runs: `client.flow_runs.inputs`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.keywords import keywords
from prefectkit.core.operation import ReadBack
from prefectkit.core.pagination.pages import Rows
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.flow_run_inputs import FlowRunInput, FlowRunInputCreate, FlowRunInputQuery
from prefectkit.models.name_checks import check_input_key


def _filter(sent: dict[str, Any]) -> dict[str, Any]:
    # The route that reads one input does not return its sender.
    return {"prefix": sent["key"], "limit": 1000}


_BY_KEY = ReadBack("/flow_runs/{id:uuid}/input/filter", body=_filter, by="key")


class FlowRunInputs(Resource[M]):
    """Values that are sent to a flow run under a key, while it runs or waits."""

    group = "flow_runs.inputs"

    @endpoint("POST", "/flow_runs/{id:uuid}/input", RetrySafety.CONFLICT, read_back=_BY_KEY)
    @keywords(FlowRunInputCreate)
    async def create(self, flow_run_id: UUID | str, flow_run_input: FlowRunInputCreate) -> None:
        """Send an input to a flow run (`POST /flow_runs/{id}/input`).

        Args:
            flow_run_id: The flow run's id.
            key: The key of the input, unique within the flow run: lower-case letters, digits and dashes.
            value: The value, a string, most often of JSON.
            sender: Who sends it, such as `prefect.flow-run.<id>`. Default: none.

        Raises:
            NotFound: There is no such run.
            Conflict: The run has an input with this key.
            InvalidParameterError: The key has other characters, for which the server returns 500.
            UnprocessableEntity: The server rejects a field.
        """
        check_input_key("key", flow_run_input.key)
        return await self._call(type(None), id=flow_run_id, body=flow_run_input)

    @endpoint("GET", "/flow_runs/{id:uuid}/input/{key}")
    async def read(self, flow_run_id: UUID | str, key: str) -> str:
        """Read the value of an input (`GET /flow_runs/{id}/input/{key}`).

        Args:
            flow_run_id: The flow run's id.
            key: The key of the input.

        Returns:
            The value, as the string that was sent.

        Raises:
            NotFound: There is no such input, or no such run.
            UnaddressableNameError: The key cannot stand in a URL.
        """
        # Plain text, which is not parsed, even if it looks like JSON.
        return await self._engine.text(self._operation, {"id": flow_run_id, "key": key})

    @endpoint("POST", "/flow_runs/{id:uuid}/input/filter", RetrySafety.READ)
    @keywords(FlowRunInputQuery)
    async def list(self, flow_run_id: UUID | str, query: FlowRunInputQuery) -> Rows[FlowRunInput]:
        """List the inputs whose keys begin with a prefix (`POST /flow_runs/{id}/input/filter`).

        Args:
            flow_run_id: The flow run's id.
            prefix: Only inputs whose key starts with this.
            limit: At most this many inputs. Default: 1.
            exclude_keys: Keys to leave out. Default: none.

        Returns:
            The inputs, the oldest first.
        """
        return await self._call(list[FlowRunInput], id=flow_run_id, body=query)

    @endpoint("DELETE", "/flow_runs/{id:uuid}/input/{key}")
    async def delete(self, flow_run_id: UUID | str, key: str) -> None:
        """Delete an input (`DELETE /flow_runs/{id}/input/{key}`).

        Args:
            flow_run_id: The flow run's id.
            key: The key of the input.

        Raises:
            NotFound: There is no such input, or no such run.
            UnaddressableNameError: The key cannot stand in a URL.
        """
        return await self._call(type(None), id=flow_run_id, key=key)

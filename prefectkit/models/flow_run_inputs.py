"""Inputs of flow runs: values that are sent to a run under a key, while it runs or waits."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Query, Stored


class FlowRunInput(Stored):
    """An input of a flow run.

    Attributes:
        flow_run_id: The flow run that it was sent to.
        key: The key of the input.
        value: The value, a string, most often of JSON.
        sender: Who sent it, such as `prefect.flow-run.<id>`.
    """

    flow_run_id: UUID | None = None
    key: str
    value: str
    sender: str | None = None


class FlowRunInputCreate(Body):
    """An input for a flow run.

    Attributes:
        key: The key of the input, unique within the flow run: lower-case letters, digits and dashes.
        value: The value, a string, most often of JSON.
        sender: Who sends it, such as `prefect.flow-run.<id>`. Default: none.
    """

    key: str
    value: str
    sender: str | UnsetType | None = UNSET


class FlowRunInputQuery(Query):
    """Which inputs of a flow run.

    Attributes:
        prefix: Only inputs whose key starts with this.
        limit: At most this many inputs. Default: 1.
        exclude_keys: Keys to leave out. Default: none.
    """

    prefix: str
    limit: int | UnsetType | None = UNSET
    exclude_keys: Sequence[str] | UnsetType | None = UNSET

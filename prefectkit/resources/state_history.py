"""The lookup of a state transition in the history of a run: whether an earlier attempt of `set_state` was applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from prefectkit.core.http.messages import Response
from prefectkit.core.http.paths import uuid_segment
from prefectkit.core.operation import Fields, Lookup
from prefectkit.core.serialization.codec import decode


def _of_run(path: Mapping[str, Any]) -> Mapping[str, str]:
    return {"flow_run_id": uuid_segment("id", path["id"])}


class _Details(msgspec.Struct):
    transition_id: str | None = None


class _State(msgspec.Struct):
    state_details: _Details


def _accepted(sent: Any, response: Response) -> Fields | None:
    wanted = sent["state"]["state_details"]["transition_id"]
    for known, state in zip(decode(list[_State], response), decode(list[Fields], response), strict=True):
        if known.state_details.transition_id == wanted:
            return {"status": "ACCEPT", "state": state, "details": {"type": "accept_details"}}
    return None


STATE_HISTORY = Lookup("/flow_run_states/", query=_of_run, response=_accepted)

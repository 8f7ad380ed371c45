"""The requests that a client sends, and the parts of them that are compared between two clients."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from tests.compat.normalization import Normalizer

# Requests that a client makes for itself: for a token against forged requests, which Prefect's own client asks for more
# often, and, where the server lacks a route, for its version, which only this package says in the error.
_ASIDE = ("/csrf-token", "/admin/version")

# Why something goes out otherwise than from Prefect's own client, and the ends of the places where, as regular
# expressions. Nulls are not compared at all: where nothing is given, nothing is sent.
SENT_OTHERWISE = {
    "a request that is sent twice counts once": [r"\.idempotency_key: '<key>' instead of '<absent>'"],
    "a default is not sent": [
        r"\.(tags|labels|parameters|properties|options): '<absent>' instead of (\[\]|\{\})",
        r"\.(distinct|untrackable_result|pause_reschedule): '<absent>' instead of False",
        r"\.(operator: '<absent>' instead of 'and_'|sort: '<absent>' instead of 'TIMESTAMP_ASC')",
        r"\.filter\.(id: '<absent>' instead of \{'id': \[\]\}|order: '<absent>' instead of 'DESC')",
        r"\.filter\.occurred: '<absent>' instead of \{'since': '<time>', 'until': '<time>'\}",
        r"\.schedule\.(day_or: '<absent>' instead of True|timezone: '<absent>' instead of 'UTC')",
        r"\.parameter_openapi_schema\.type: '<absent>' instead of 'object'",
    ],
    "fields that are out of use": [
        r"\.empirical_policy\.(max_retries|retry_delay_seconds): '<absent>' instead of 0(\.0)?"
    ],
    "the server stores a null for a run with a key": [r"/flow_runs/\.job_variables: \{\} instead of '<absent>'"],
    "the server names a state by its type": [
        r"\.state\.name: '<absent>' instead of '(Pending|Running|Paused|Scheduled)'"
    ],
    "a run that is scheduled for now is so by the server's clock": [
        r"\.scheduled_time: '<absent>' instead of '<time>'"
    ],
    "the server gives a rule its start": [r"\.rrule: 'FREQ=DAILY' instead of 'DTSTART:20200101T000000\\nFREQ=DAILY'"],
    "the API has no such field": [r"/concurrency_limits/decrement\.occupancy_seconds: '<absent>' instead of 1\.5"],
    "an object of another library goes with all its fields": [
        r"\.schedule\.day_or: True instead of '<absent>'",
        r"\.operator: 'and_' instead of '<absent>'",
    ],
}


def unmeant(lines: list[str]) -> list[str]:
    """The differences between two clients' requests that the table has not."""
    ends = [end for ends in SENT_OTHERWISE.values() for end in ends]
    meant = re.compile(f"({'|'.join(ends)})$")
    return [line for line in lines if not meant.search(line)]


# What this package asks before it sets a state again that the server may have set.
_LOOKUP = re.compile(r"/(flow|task)_run_states/\?")


class Disturbed(Exception):
    """The server was busy, or a connection broke, so that a client sent more requests than it does otherwise."""


class Traffic:
    """The requests of a client, in order: method, target and body of each.

    One that goes out again after a server error counts once: the server's SQLite was busy, and did nothing.

    Attributes:
        requests: All of them.
        disturbed: Whether one of them was carried out although its response was lost, or may have been.
    """

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, Any]] = []
        self.disturbed = False
        self._status = 200  # of the last request; 0 without a response
        self._repeated = False

    def httpx_settings(self, *, sync: bool) -> dict[str, Any]:
        """What to make a client with, so that its requests are noted here."""

        async def sent(request: httpx.Request) -> None:
            self._sent(request)

        async def responded(response: httpx.Response) -> None:
            self._responded(response)

        hooks = (self._sent, self._responded) if sync else (sent, responded)
        return {"event_hooks": {"request": [hooks[0]], "response": [hooks[1]]}}

    def _sent(self, request: httpx.Request) -> None:
        if not request.url.path.endswith(_ASIDE):
            target = request.url.raw_path.decode().partition("/api")[2]
            asked = (request.method, target, json.loads(request.content) if request.content else None)
            again, failed = [asked] == self.requests[-1:], self._status >= 500
            if (again and self._status == 0) or (failed and _LOOKUP.search(target)):
                self.disturbed = True
            self._repeated = again and failed
            if not self._repeated:
                self.requests.append(asked)
            self._status = 0

    def _responded(self, response: httpx.Response) -> None:
        if not response.request.url.path.endswith(_ASIDE):
            self._status = response.status_code
            if self._repeated and 400 <= self._status < 500:
                # There is something already, or no longer: the first copy was carried out after all, or this refusal
                # is taken for a sign of it.
                self.disturbed = True

    def seen(self) -> list[dict[str, Any]]:
        """What is compared: the body of each request by its method and target, without nulls, ids and names numbered.

        Raises:
            Disturbed: The requests are not those that the client sends otherwise.
        """
        if self.disturbed:
            raise Disturbed
        normalizer = Normalizer()
        return [
            {normalizer.normalize(f"{method} {target}"): normalizer.normalize(_without_nulls(body))}
            for method, target, body in self.requests
        ]


def _without_nulls(value: Any) -> Any:
    """The JSON without fields that are null: Prefect's own client says null where this package says nothing."""
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return value

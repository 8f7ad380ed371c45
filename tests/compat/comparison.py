"""Runs a scenario on Prefect's own client and on this one, and lists the differences."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import uuid4

from tests.compat import summary
from tests.compat.traffic import Disturbed, unmeant
from tests.compat.two_clients import ClientUnderTest, Scenario, differences, official, ours, seen, when_free

# What differs, and is meant to: the end of the place, and why.
MEANT = {
    ".idempotency_key: '<key>' instead of None": "each run has a key here, so that a request sent twice makes one",
    ".created: '<absent>' instead of None": "the API has no such field of a state",
    ".updated: '<absent>' instead of None": "the API has no such field of a state",
    ".deferred: None instead of False": "Prefect's own states say None, its client changes it for a scheduled one",
    ".job_variables: {} instead of None": "where nothing is given, a null is not sent",
    ".created: '<time>' instead of '<absent>'": "the API tells when an automation was created",
    ".updated: '<time>' instead of '<absent>'": "the API tells when an automation was changed",
    ".trigger.id: '<id 1>' instead of '<absent>'": "the API gives each trigger an id",
    ".trigger.triggers[0].id: '<id 2>' instead of '<absent>'": "the API gives each trigger an id",
    ".trigger.triggers[1].id: '<id 3>' instead of '<absent>'": "the API gives each trigger an id",
}


async def compare(scenario: Scenario, names: Any, sync: bool, url: str) -> list[str]:
    """Play it on both: where results or requests differ, and are not meant to."""

    expected, asked = await play(official, scenario, sync, url)
    found, sent = await play(ours, scenario, sync, url, names=names)
    wrong = differing(found, expected, sent, asked)
    summary.played(scenario, sync, wrong)
    return wrong


async def play(
    open_client: Callable[..., AbstractAsyncContextManager[ClientUnderTest]],
    scenario: Scenario,
    sync: bool,
    url: str,
    **options: Any,
) -> tuple[list[Any], list[Any]]:
    """Play a scenario on one of the clients: the results, and the requests."""

    async def once() -> tuple[list[Any], list[Any]]:
        async with open_client(url, uuid4().hex[:8], sync=sync, **options) as opened:
            try:
                results = [seen(item) for item in await scenario(opened)]
            except Exception as error:
                if opened.traffic.disturbed:
                    raise Disturbed from error
                raise
            return results, opened.traffic.seen()

    return await when_free(once)


def differing(found: Any, expected: Any, sent: Any, asked: Any) -> list[str]:
    """Where results or requests differ, and are not meant to."""
    wrong = [line for line in differences(found, expected) if not line.endswith(tuple(MEANT))]
    return wrong + unmeant(differences(sent, asked))

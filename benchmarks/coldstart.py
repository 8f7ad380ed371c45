"""A short script from nothing to its first result: what a command line or a serverless function feels."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.comparison import at_most, compared, show
from benchmarks.data import RUN_ID
from benchmarks.environments import python_of
from benchmarks.harness import Effort, ratio
from benchmarks.scripts import Script, start_each
from benchmarks.server import canned_server
from benchmarks.tables import Result, milliseconds

_OFFICIAL_SYNC = """
from prefect.client.orchestration import SyncPrefectClient
with SyncPrefectClient({url!r}) as client:
    assert client.read_flow_run({run!r}).state_name == "Completed"
"""
_OFFICIAL_ASYNC = """
import asyncio
from prefect.client.orchestration import PrefectClient
async def main():
    async with PrefectClient({url!r}) as client:
        assert (await client.read_flow_run({run!r})).state_name == "Completed"
asyncio.run(main())
"""
_OURS_SYNC = """
from prefectkit import Prefect
with Prefect({url!r}) as client:
    assert client.flow_runs.read({run!r}).state_name == "Completed"
"""
_OURS_ASYNC = """
import asyncio
from prefectkit import AsyncPrefect
async def main():
    async with AsyncPrefect({url!r}) as client:
        assert (await client.flow_runs.read({run!r})).state_name == "Completed"
asyncio.run(main())
"""
_HTTPX = """
import httpx
with httpx.Client(base_url={url!r}) as client:
    assert client.get("/flow_runs/" + {run!r}).json()["state_name"] == "Completed"
"""
_AIOHTTP = """
import asyncio, aiohttp
async def main():
    async with aiohttp.ClientSession() as session, session.get({url!r} + "/flow_runs/" + {run!r}) as response:
        assert (await response.json())["state_name"] == "Completed"
asyncio.run(main())
"""
_STANDARD_LIBRARY = """
import json, urllib.request
with urllib.request.urlopen({url!r} + "/flow_runs/" + {run!r}) as response:
    assert json.load(response)["state_name"] == "Completed"
"""


def run(effort: Effort) -> Result:
    """Measure it."""
    ours, official, peers = python_of("prefectkit"), python_of("prefect-client"), Path(sys.executable)
    codes = {
        "official, sync": (official, _OFFICIAL_SYNC),
        "official, async": (official, _OFFICIAL_ASYNC),
        "prefectkit, sync": (ours, _OURS_SYNC),
        "prefectkit, async": (ours, _OURS_ASYNC),
        "httpx, sync": (ours, _HTTPX),
        "aiohttp, async": (peers, _AIOHTTP),
        "standard library, sync": (ours, _STANDARD_LIBRARY),
        "Python alone": (ours, "pass"),
    }
    with canned_server() as url:
        scripts = [
            Script(label, python, code.format(url=url, run=str(RUN_ID))) for label, (python, code) in codes.items()
        ]
        measured = {label: one for label, (one, _) in start_each(scripts, effort.starts).items()}
    head, rows = compared(measured, ["official"], unit=milliseconds)
    targets = [
        at_most(
            f"script start to first result, {kind}, by the clock",
            ratio(measured[f"prefectkit, {kind}"], measured[f"official, {kind}"], "wall"),
            1 / 5,
        )
        for kind in ("sync", "async")
    ]
    notes = "From the start of the interpreter to its end, with one flow run read over loopback in between."
    return Result("How long does a short script take from nothing to its first result?", head, rows, targets, notes)


if __name__ == "__main__":
    show(run)

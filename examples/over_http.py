"""The main job of `quickstart.py` against a server at a URL.

    prefect server start
    python examples/over_http.py http://127.0.0.1:4200/api

Credentials come from `PREFECT_API_KEY` or `PREFECT_API_AUTH_STRING`.
"""

from __future__ import annotations

import asyncio
import sys

from quickstart import blocking, concurrent, console

from prefectkit import AsyncPrefect, Prefect
from prefectkit.errors import PrefectKitError


def main(url: str) -> None:
    with Prefect(url) as client:
        console.print(f"[bold]Prefect {client.version()}[/] responds at {client.api_url}\n")
        blocking(client)
    asyncio.run(concurrent(AsyncPrefect(url)))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: python {sys.argv[0]} URL, such as http://127.0.0.1:4200/api")
    try:
        main(sys.argv[1])
    except PrefectKitError as error:
        sys.exit(f"{type(error).__name__}: {error}")

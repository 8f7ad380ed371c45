"""A light, fast, plugin-based Python SDK for the Prefect REST API.

    from prefectkit import Prefect

    with Prefect() as client:
        run = client.flow_runs.read(run_id)

`AsyncPrefect` is the same to await. `prefectkit.models` holds what goes over the wire, `prefectkit.transports` what
carries it, `prefectkit.plugins` the hooks, `prefectkit.errors` everything that is raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefectkit.core.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from prefectkit import errors as errors
    from prefectkit import models as models
    from prefectkit import plugins as plugins
    from prefectkit import transports as transports
    from prefectkit.client import AsyncPrefect as AsyncPrefect
    from prefectkit.client import Prefect as Prefect
    from prefectkit.core.concurrency.outcomes import Outcome as Outcome
    from prefectkit.core.operation import Operation as Operation
    from prefectkit.core.retries.policy import RetrySafety as RetrySafety
    from prefectkit.resources.catalogue import operations as operations
    from prefectkit.version import __version__ as __version__
else:
    __all__, __getattr__, __dir__ = lazy_exports(__name__)

"""Renewal of a lease in the background, as long as its slots are held."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextvars import copy_context
from uuid import UUID

from prefectkit.compat.concurrency.acquisition import ConcurrencySlotAcquisitionError
from prefectkit.compat.contexts import separate_client
from prefectkit.compat.official_errors import also_official

RENEWAL_FRACTION = 0.75
"""When a lease is renewed, as a fraction of its duration."""
logger = logging.getLogger("prefectkit")


class LeaseRenewal:
    """A daemon thread that renews a lease, whatever the thread or event loop of the caller does.

    Args:
        lease_id: The lease's id.
        lease_duration: How long it lasts unless it is renewed, in seconds.
        on_lost: Called in the thread when the lease cannot be renewed.

    Attributes:
        error: Why the lease was lost; None if it was not.
    """

    def __init__(self, lease_id: UUID, lease_duration: float, on_lost: Callable[[], object]) -> None:
        self.error: Exception | None = None
        self._lease_id = lease_id
        self._lease_duration = lease_duration
        self._on_lost = on_lost
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._renew,), name=f"prefectkit-lease-{lease_id}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Renew it no more."""
        self._stopped.set()

    def raise_if_lost(self) -> None:
        """Raise if the lease was lost.

        Raises:
            ConcurrencySlotAcquisitionError: It was.
        """
        if self.error is not None:
            message = f"The lease {self._lease_id} could not be renewed: the slots are no longer reserved"
            raise also_official(ConcurrencySlotAcquisitionError(message)) from self.error

    def _renew(self) -> None:
        while not self._stopped.wait(self._lease_duration * RENEWAL_FRACTION):
            try:
                with separate_client() as client:
                    client.renew_concurrency_lease(self._lease_id, self._lease_duration)
            except Exception as error:
                if not self._stopped.is_set():
                    logger.warning(
                        "the lease %s could not be renewed, so its slots are no longer reserved: %s",
                        self._lease_id,
                        error,
                    )
                    self.error = error
                    self._on_lost()
                return

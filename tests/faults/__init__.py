"""A server that goes wrong on request, and the ways in which it does."""

from __future__ import annotations

from tests.faults import catalogue
from tests.faults.server import FAULTS, Connection, FaultServer, Received, closed_port, fault

__all__ = ["FAULTS", "Connection", "FaultServer", "Received", "catalogue", "closed_port", "fault"]

"""Cassettes: a transport that records the requests and responses of another transport, and replays them."""

from prefectkit.transports.cassette.cassette import Mode
from prefectkit.transports.cassette.transport import AsyncCassetteTransport, CassetteTransport

__all__ = ["AsyncCassetteTransport", "CassetteTransport", "Mode"]

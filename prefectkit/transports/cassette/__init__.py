"""Recordings: a transport that records around another one, and replays alone."""

from prefectkit.transports.cassette.cassette import Mode
from prefectkit.transports.cassette.transport import AsyncCassetteTransport, CassetteTransport

__all__ = ["AsyncCassetteTransport", "CassetteTransport", "Mode"]

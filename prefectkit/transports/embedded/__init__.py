"""The real Prefect server in this process, for a client that has no API URL."""

from prefectkit.transports.embedded.transport import (
    EMBEDDED_URL,
    data_directory,
    embedded_transport,
    stop_embedded,
)

__all__ = ["EMBEDDED_URL", "data_directory", "embedded_transport", "stop_embedded"]

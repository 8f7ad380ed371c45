"""The embedded transport: a Prefect server in this process, for a client without an API URL."""

from prefectkit.transports.embedded.transport import (
    EMBEDDED_URL,
    data_directory,
    embedded_transport,
    stop_embedded,
)

__all__ = ["EMBEDDED_URL", "data_directory", "embedded_transport", "stop_embedded"]

"""HTTP/2 for those who ask for it: large bodies both ways, on one connection."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from prefectkit.transports.http import HTTPSettings
from tests.faults import Connection, FaultServer
from tests.transports.http_senders import ALL_KINDS, Send, run

SIZE = 200_000

pytest.importorskip("h2")


def echo(context: ssl.SSLContext) -> Any:
    """Speak HTTP/2, and respond to each request with its body."""
    from h2.config import H2Configuration
    from h2.connection import H2Connection
    from h2.events import DataReceived, StreamEnded, WindowUpdated

    def serve(connection: Connection) -> None:
        connection.socket = context.wrap_socket(connection.socket, server_side=True)
        state = H2Connection(H2Configuration(client_side=False))
        state.initiate_connection()
        connection.send(state.data_to_send())
        received: dict[int, int] = {}
        due: dict[int, int] = {}
        while data := connection.socket.recv(65536):
            for event in state.receive_data(data):
                if isinstance(event, DataReceived):
                    received[event.stream_id] = received.get(event.stream_id, 0) + len(event.data)
                    state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, StreamEnded):
                    state.send_headers(event.stream_id, [(":status", "200")])
                    due[event.stream_id] = received.get(event.stream_id, 0)
                if isinstance(event, StreamEnded | WindowUpdated):
                    flush(state, due)
            connection.send(state.data_to_send())

    return serve


def flush(state: Any, due: dict[int, int]) -> None:
    """Send what the windows let through."""
    for stream, left in list(due.items()):
        while left and (room := min(left, state.local_flow_control_window(stream), state.max_outbound_frame_size)):
            state.send_data(stream, bytes(room))
            left -= room
        due[stream] = left
        if not left:
            state.end_stream(stream)
            del due[stream]


@pytest.mark.parametrize("kind", [kind for kind in ALL_KINDS if kind != "aiohttp"])
def test_large_bodies(kind: str, tmp_path: Path) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2"])
    ca.issue_cert("127.0.0.1").configure_cert(context)

    def script(send: Send) -> list[int]:
        return [len(send("/", method="POST", body=bytes(size)).body) for size in (SIZE, 0, SIZE, 1)]

    with FaultServer(on_connect=echo(context)) as server:
        url = server.url.replace("http:", "https:")
        settings = HTTPSettings(ca_file=str(tmp_path / "ca.pem"), http2=True)
        assert run(kind, url, script, settings=settings) == [SIZE, 0, SIZE, 1]
        assert server.connections == 1

"""A server on a real socket that does with each connection what a test wants."""

from __future__ import annotations

import socket
import threading
from abc import ABC, abstractmethod


class Listener(ABC):
    """Listens on 127.0.0.1 from its making until it is closed; each connection in a thread of its own."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @abstractmethod
    def one(self, connection: socket.socket) -> None:
        """What is done with one connection, which is not closed after it."""

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Take no further connection."""
        self._socket.close()

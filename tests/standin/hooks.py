"""The stand-in's own webhooks: sent after every change, also the router's; tried a few times, then lost."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

TRIES = 7
PAUSE = 0.4


class Hooks:
    """Where to and how badly webhooks are sent."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.lost = self.doubled = 0.0
        """Shares of deliveries that are never sent, or sent twice"""
        self.delay = 0.0
        """Seconds a delivery waits at most: they overtake each other"""
        self.chance = random.Random(1)
        self.sent = self.failed = 0
        self._run, self._count = token_hex(4), 0
        self._open: set[asyncio.Task[None]] = set()

    def configure(self, given: dict[str, Any]) -> None:
        for name, value in given.items():
            setattr(self, name, value)

    def announce(self, ticket: int, event: str, actor: str) -> None:
        """A change of a ticket, to whoever listens."""
        self._count += 1
        if not self.urls or self.chance.random() < self.lost:
            return
        body = json.dumps(
            {"ticket": ticket, "delivery": f"{self._run}-{self._count}", "event": event, "actor": actor}
        )
        for _ in range(2 if self.chance.random() < self.doubled else 1):
            task = asyncio.create_task(self._send(body.encode()))
            self._open.add(task)
            task.add_done_callback(self._open.discard)

    async def _send(self, body: bytes) -> None:
        await asyncio.sleep(self.chance.uniform(0, self.delay))
        for tried in range(TRIES):
            with suppress(OSError, TimeoutError, IndexError, ValueError):
                status = await asyncio.wait_for(self._post(self.chance.choice(self.urls), body), 5)
                if status < 500:
                    self.sent += 1
                    return
            await asyncio.sleep(PAUSE * 2**tried)
        self.failed += 1

    async def _post(self, url: str, body: bytes) -> int:
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
            return int((await reader.readline()).split()[1])
        finally:
            writer.close()

"""``python -m tests.standin FOLDER --port N [--latency S]``: the stand-in helpdesk, until it is ended."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tests.standin.book import Book
from tests.standin.server import Server


async def main(folder: Path, port: int, latency: float) -> None:
    book = Server(Book(folder), latency)
    server = await asyncio.start_server(book.connected, "127.0.0.1", port, backlog=512)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--latency", type=float, default=0.0)
    chosen = options.parse_args()
    asyncio.run(main(chosen.folder, chosen.port, chosen.latency))

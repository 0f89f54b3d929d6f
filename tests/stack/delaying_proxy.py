"""A proxy on loopback that holds every request back for a moment: a release that became slower."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

SIZE = 65536


@contextmanager
def delaying_proxy(port: int, delay: float) -> Iterator[str]:
    """Forward to `port`, requests `delay` seconds late; yield the proxy's base URL."""
    loop = asyncio.new_event_loop()
    # What ends a connection here is the concern of those at its ends.
    loop.set_exception_handler(lambda *_: None)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, there_writer, delay), pump(there_reader, writer, 0))

    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    with suppress(OSError):
        while data := await reader.read(SIZE):
            await asyncio.sleep(delay)
            writer.write(data)
            await writer.drain()
    writer.close()


async def stop(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)

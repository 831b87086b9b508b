"""28: the ten pictures of 27 as tasks of one loop; the waits overlap.

The slide has the packages aiohttp and aiofiles. Here the request is written by hand on asyncio's own streams, and the
file is written in a thread, which is what aiofiles does as well.
"""
import asyncio
import os
import tempfile
import time

from picture_site import open_site


async def request(port, path):
    """Headers and body of one request; the connection ends with it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        body = await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()
    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
    return headers, body


async def download(port, folder):
    path = "/320/240"
    while True:
        headers, body = await request(port, path)
        if "Location" not in headers:
            break
        path = headers["Location"]
    # Named for the picture: the time in milliseconds is the same for several.
    await asyncio.to_thread(save, os.path.join(folder, path.rpartition("/")[2]), body)


def save(path, body):
    with open(path, "wb") as file:
        file.write(body)


async def main(port, folder):
    begin = time.perf_counter()
    await asyncio.gather(*(download(port, folder) for _ in range(10)))
    print(time.perf_counter() - begin)
    print("files:", len(os.listdir(folder)))


if __name__ == "__main__":
    with open_site() as port, tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(port, folder))

"""28 as printed: each file is named for the time in milliseconds; what ends in the same one overwrites the others."""
import asyncio
import os
import tempfile
import time


async def save(folder):
    await asyncio.sleep(0.05)  # the download: all of them end together
    name = f"file-{int(time.time() * 1000)}.jpeg"
    await asyncio.sleep(0)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(b"\xff\xd8\xff\xd9")


async def main(folder):
    await asyncio.gather(*(save(folder) for _ in range(10)))


with tempfile.TemporaryDirectory() as folder:
    asyncio.run(main(folder))
    print("files:", len(os.listdir(folder)), "of 10")

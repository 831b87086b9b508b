"""What 100,000 tasks of asyncio weigh that wait for a future each, for one event, or for their time: MiB of resident memory."""

import asyncio
import os
import sys

COUNT = 100_000


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


async def wait(gate):
    await gate


async def wait_for_event(event):
    await event.wait()


async def sleep():
    await asyncio.sleep(86_400)


async def main(what):
    loop = asyncio.get_running_loop()
    event = asyncio.Event()

    def begin():
        if what == "event":
            return loop.create_task(wait_for_event(event))
        if what == "sleep":
            return loop.create_task(sleep())
        gate = loop.create_future()
        return gate, loop.create_task(wait(gate))

    await asyncio.sleep(0.2)
    before = resident()
    all_of_them = [begin() for _ in range(COUNT)]
    await asyncio.sleep(0.2)
    print(resident() - before, flush=True)
    assert len(all_of_them) == COUNT
    os._exit(0)  # and cancel none of them


asyncio.run(main(sys.argv[1]))

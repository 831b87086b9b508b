"""25 as printed: the decorator is gone since 3.11. Up to 3.10 the program hangs, as 26 does."""
import asyncio


@asyncio.coroutine
def count():
    number = 0
    while True:
        print(number, flush=True)
        number += 1
        yield from asyncio.sleep(1)


@asyncio.coroutine
def tell_time():
    seconds = 0
    while True:
        if seconds % 3 == 0:
            print(f"{seconds} секунд прошло", flush=True)
            seconds += 1
            yield from asyncio.sleep(1)


async def main():
    await asyncio.gather(tell_time(), count())


asyncio.run(main())

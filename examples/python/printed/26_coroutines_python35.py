"""26 as printed: the `await` stands inside of the `if`; from the second turn on nobody else gets a turn."""
import asyncio


async def count():
    number = 0
    while True:
        print(number, flush=True)
        number += 1
        await asyncio.sleep(1)


async def tell_time():
    seconds = 0
    while True:
        if seconds % 3 == 0:
            print(f"{seconds} секунд прошло", flush=True)
            seconds += 1
            await asyncio.sleep(1)


async def main():
    await asyncio.gather(tell_time(), count())


asyncio.run(main())

"""26: the same as 25, with `async` and `await`."""
import asyncio


async def count():
    for number in range(4):
        print(number)
        await asyncio.sleep(1)


async def tell_time():
    for seconds in range(4):
        if seconds % 3 == 0:
            print(f"{seconds} секунд прошло")
        await asyncio.sleep(1)


async def main():
    await asyncio.gather(tell_time(), count())


asyncio.run(main())

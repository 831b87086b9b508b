"""31: getting the iterator is synchronous, getting an item is awaited."""
import asyncio


class Endless:
    def __aiter__(self):  # not a coroutine
        return self

    async def __anext__(self):
        return 123


async def main():
    async for number in Endless():
        print(number)
        break


asyncio.run(main())

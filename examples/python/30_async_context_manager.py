"""30: what is done when a block is entered and left may wait."""
import asyncio


class Context:
    async def __aenter__(self):
        print("entering context")
        return self

    async def __aexit__(self, kind, error, traceback):
        print("exiting context")  # also when the block raises


async def main():
    async with Context():
        await asyncio.sleep(2)


asyncio.run(main())

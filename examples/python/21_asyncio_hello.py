"""21: two ways to start a coroutine from synchronous code. `get_event_loop()` makes no loop any more since 3.14."""
import asyncio


async def hello():
    print("Hello ...")
    await asyncio.sleep(1)
    print("... World!")


loop = asyncio.new_event_loop()
try:
    loop.run_until_complete(hello())
finally:
    loop.close()

asyncio.run(hello())

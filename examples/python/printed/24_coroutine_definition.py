"""24 as printed: a coroutine is defined and never started. Nothing is printed."""
import asyncio


async def greet():
    await asyncio.sleep(2)
    print("Hi From coroutine!")

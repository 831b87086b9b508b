"""24: calling a coroutine function makes an object and does nothing else; a loop runs it."""
import asyncio


async def greet():
    await asyncio.sleep(2)
    print("Hi From coroutine!")


unused = greet()  # nothing has begun
unused.close()  # else Python warns that it was never awaited

asyncio.run(greet())

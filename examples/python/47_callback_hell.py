"""47: the same as 46 in the style that `await` replaces: each is given what to call with its result."""
import asyncio


async def work(name, seconds, on_result):
    await asyncio.sleep(seconds)
    print("hello", name)
    on_result(f"{name} done!")


async def main():
    people = [("bob", 0.3), ("alice", 0.1)]
    tasks = [asyncio.create_task(work(*person, on_result=print)) for person in people]
    await asyncio.wait(tasks)


asyncio.run(main())

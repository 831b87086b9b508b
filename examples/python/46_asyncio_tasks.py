"""46: the same as 43 with tasks; the results are awaited in the order of the code."""
import asyncio


async def work(name, seconds):
    await asyncio.sleep(seconds)
    print("hello", name)
    return f"{name} done!"


async def main():
    people = [asyncio.create_task(work("bob", 0.3)), asyncio.create_task(work("alice", 0.1))]
    for person in people:
        print(await person)


asyncio.run(main())

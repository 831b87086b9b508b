"""35: `run_until_complete` gives the results in the order of the arguments, not of the ends."""
import asyncio


async def parse(number, seconds):
    await asyncio.sleep(seconds)
    print(f"parsed site {number}")
    return f"result of site {number}"


async def parse_all():
    # Since 3.14 gather() outside of a running loop is an error: there is no loop for it.
    return await asyncio.gather(parse(1, 0.3), parse(2, 0.1), parse(3, 0.2))


loop = asyncio.new_event_loop()
try:
    print(loop.run_until_complete(parse_all()))
finally:
    loop.close()

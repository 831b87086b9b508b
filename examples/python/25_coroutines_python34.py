"""25: coroutines as generators. `@asyncio.coroutine` is gone since 3.11; `@types.coroutine` keeps `yield from`."""
import asyncio
import types


@types.coroutine
def count():
    for number in range(4):
        print(number)
        yield from asyncio.sleep(1)


@types.coroutine
def tell_time():
    for seconds in range(4):
        if seconds % 3 == 0:
            print(f"{seconds} секунд прошло")
        yield from asyncio.sleep(1)


@types.coroutine
def main():
    tasks = [asyncio.ensure_future(tell_time()), asyncio.ensure_future(count())]
    yield from asyncio.gather(*tasks)


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()

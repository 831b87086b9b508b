"""29: three coroutines take turns; together they last as long as the longest."""
import asyncio


async def factorial(name, number):
    product = 1
    for factor in range(2, number + 1):
        print(f"Task {name}: Compute factorial({factor})...")
        await asyncio.sleep(1)
        product *= factor
    print(f"Task {name}: factorial({number}) = {product}")


async def main():
    await asyncio.gather(factorial("A", 2), factorial("B", 3), factorial("C", 4))


asyncio.run(main())

"""29 as printed: the result is printed inside of the loop, so unfinished products stand under the name of the result."""
import asyncio


async def factorial(name, number):
    product = 1
    for factor in range(2, number + 1):
        print(f"Task {name}: Compute factorial({factor})...")
        await asyncio.sleep(0.2)
        product *= factor
        print(f"Task {name}: factorial({number}) = {product}")


async def main():
    await asyncio.gather(factorial("A", 2), factorial("B", 3), factorial("C", 4))


asyncio.run(main())

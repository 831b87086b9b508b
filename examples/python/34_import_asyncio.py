"""34: asyncio comes with Python."""
import asyncio

print(asyncio.__name__)

"""35 as printed: neither the import nor the parsers. NameError; with both, RuntimeError since 3.14: no current loop."""
event_loop = asyncio.get_event_loop()
results = event_loop.run_until_complete(asyncio.gather(*parsers))

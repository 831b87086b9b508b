"""33 as printed: three names that nobody has defined. NameError."""
if io_bound:
    print("asyncio" if py35_plus_only and vary_slow_IO else "threads")
else:
    print("multiprocessing")

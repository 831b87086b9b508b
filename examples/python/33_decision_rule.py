"""33: the course's rule as a table of eight rows. Without a GIL (3.13t, 3.14t) threads compute side by side as well."""
from itertools import product


def choose(io_bound, py35_plus_only, vary_slow_IO):
    if not io_bound:
        return "multiprocessing"
    return "asyncio" if py35_plus_only and vary_slow_IO else "threads"


NAMES = ("io_bound", "py35_plus_only", "vary_slow_IO")
for answers in product((True, False), repeat=3):
    print(*(f"{name}={answer}" for name, answer in zip(NAMES, answers)), "->", choose(*answers))

"""22: an event loop made by hand: each generator runs to its next `yield` and goes to the end of the line."""
import time
from collections import deque


def count():
    number = 0
    while True:
        print(number)
        number += 1
        yield


def greet():
    turn = 0
    while True:
        if turn % 3 == 0:
            print("Hi from second generator")
        turn += 1  # outside of the `if`, as the `yield` is: else the second turn never ends
        yield


line = deque([count(), greet()])
for _ in range(8):
    next(line[0])
    line.rotate(-1)
    time.sleep(0.5)

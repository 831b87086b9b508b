"""22 as printed: the count and the `yield` stand inside of the `if`; at the second turn the generator never comes back."""
import time


def count():
    number = 0
    while True:
        print(number, flush=True)
        yield
        number += 1


def greet():
    turn = 0
    while True:
        if turn % 3 == 0:
            print("Hi from second generator", flush=True)
            turn += 1
            yield


line = [count(), greet()]
while True:
    generator = line.pop(0)
    next(generator)
    line.append(generator)
    time.sleep(0.5)

"""04: a generator that is sent values; before the first it has to be advanced to its `yield`."""


def divisors_of(number):
    while True:
        candidate = yield
        if number % candidate == 0:
            print(candidate)


checker = divisors_of(100)
try:
    checker.send(20)
except TypeError:
    pass  # it has not begun: nothing is waiting for a value
next(checker)  # the same as checker.send(None)
for candidate in (11, 18, 20):
    checker.send(candidate)

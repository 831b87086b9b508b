"""05: a decorator takes the first step, so that the caller sends values at once."""
import functools


def primed(generator_function):
    @functools.wraps(generator_function)
    def begin(*args, **kwargs):
        generator = generator_function(*args, **kwargs)
        next(generator)
        return generator

    return begin


@primed
def divisors_of(number):
    while True:
        candidate = yield
        if number % candidate == 0:
            print(candidate)


checker = divisors_of(100)
for candidate in (11, 18, 20):
    checker.send(candidate)

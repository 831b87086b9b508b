"""01: `result = yield from inner()`: values go out and in through the outer generator, and it keeps what inner returns."""


def inner():
    for question in ("first", "second"):
        got = yield question
        print(f"subgenerator received: {got}")
    return "returned by subgenerator"


def outer():
    result = yield from inner()
    print(f"RESULT = {result}")


talk = outer()
print(f"caller got: {next(talk)}")
print(f"caller got: {talk.send('A')}")
try:
    talk.send("B")
except StopIteration:
    print("delegating generator finished")

"""02: two sequences as one, lazily, with a loop for each."""


def one_after_the_other(first, second):
    for item in first:
        yield item
    for item in second:
        yield item


for each in one_after_the_other(range(1, 4), "ab"):
    print(each)

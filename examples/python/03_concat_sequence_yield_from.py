"""03: the same as 02, with `yield from` in place of each loop."""


def one_after_the_other(*sequences):
    for sequence in sequences:
        yield from sequence


for each in one_after_the_other(range(1, 4), "ab"):
    print(each)

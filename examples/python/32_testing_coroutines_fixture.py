"""32: a coroutine tested twice: on a loop that the test is given, and as an asynchronous test.

No package is needed: `asyncio.Runner` (since 3.11) is the loop, `unittest` knows asynchronous tests since 3.8.
pytest-asyncio's fixture `event_loop`, which the slide writes again, is gone since its version 1.0.
"""
import asyncio
import unittest


async def add_slowly(a, b):
    await asyncio.sleep(0.1)
    return a + b


def test_with_fixture(run):
    assert run(add_slowly(1, 2)) == 3


class MarkedTest(unittest.IsolatedAsyncioTestCase):
    async def test_with_marker(self):
        self.assertEqual(await add_slowly(1, 2), 3)


with asyncio.Runner() as runner:
    test_with_fixture(runner.run)
print("test_with_fixture passed")

result = unittest.TestResult()
unittest.defaultTestLoader.loadTestsFromTestCase(MarkedTest).run(result)
assert result.testsRun == 1 and result.wasSuccessful(), result.errors
print("test_with_marker passed")

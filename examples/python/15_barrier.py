"""15: two parts and the main thread meet; the result is computed when the slower part is there."""
import threading
import time

meeting = threading.Barrier(3)
parts = []


def part(number, value, seconds):
    print(f"Calc part{number}\n", end="")
    parts.append(value)
    time.sleep(seconds)
    meeting.wait()


threading.Thread(target=part, args=(1, 3**2, 0.5)).start()
threading.Thread(target=part, args=(2, 7 * 2, 1)).start()
meeting.wait()
print("Result: ", sum(parts))

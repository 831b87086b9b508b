"""10: three consumers wait for orders with a condition; the sleep under the lock keeps them apart."""
import threading
import time
from collections import deque

orders = deque()
changed = threading.Condition()


def process_orders():
    name = threading.current_thread().name
    while True:
        with changed:
            changed.wait_for(lambda: orders)
            order = orders.popleft()
            print(f"{name}: {order}\n", end="")
            if order == "stop":
                return
            time.sleep(0.1)


if __name__ == "__main__":
    for number in (1, 2, 3):
        threading.Thread(target=process_orders, name=f"thread {number}").start()
    with changed:
        orders.extend(f"order {number}" for number in range(10))
        orders.extend(["stop"] * 3)
        changed.notify_all()

"""45: the same as 43 with greenlets: `monkey.patch_all` makes `time.sleep` give way. Needs: pip install gevent."""
from gevent import monkey

monkey.patch_all()

import time

import gevent


def work(name, seconds):
    time.sleep(seconds)
    print("hello", name)
    return f"{name} done!"


people = [gevent.spawn(work, "bob", 0.3), gevent.spawn(work, "alice", 0.1)]
gevent.joinall(people)
for person in people:
    print(person.value)

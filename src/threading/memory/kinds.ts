/** Notes every kind of shared object of threading, for a thread that gets them out of a queue. */
import "../sync/barrier.ts";
import "../sync/condition.ts";
import "../sync/event.ts";
import "../sync/gil.ts";
import "./local.ts";
import "../sync/lock.ts";
import "../sync/rlock.ts";
import "../sync/rwlock.ts";
import "../sync/semaphore.ts";
import "./shared_array.ts";
import "./value.ts";

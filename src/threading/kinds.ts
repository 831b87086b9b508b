/** Notes every kind of shared object of threading, for a thread that gets them out of a queue. */
import "./barrier.ts";
import "./condition.ts";
import "./event.ts";
import "./gil.ts";
import "./local.ts";
import "./lock.ts";
import "./rlock.ts";
import "./rwlock.ts";
import "./semaphore.ts";
import "./shared_array.ts";
import "./value.ts";

import "../../support/leak_guard.ts";
import { BoundedSemaphore, Semaphore } from "../../../src/threading/mod.ts";
import { semaphoreSuite } from "../../suites/semaphore_suite.ts";

semaphoreSuite("threading.Semaphore", (value) => new Semaphore(value));
semaphoreSuite("threading.Semaphore (fair)", (v) => new Semaphore(v, { fair: true }), {
  fair: true,
});
semaphoreSuite("threading.BoundedSemaphore", (value) => new BoundedSemaphore(value), {
  bounded: true,
});

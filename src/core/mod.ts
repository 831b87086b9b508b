/** The pure floor: no Deno API, no Worker, no shared memory. Not exported from the package. */
export * from "./clock.ts";
export * from "./current.ts";
export * from "./deadline.ts";
export * from "./deque.ts";
export * from "./errors.ts";
export * from "./exception_group.ts";
export * from "./future.ts";
export * from "./guard.ts";
export * from "./heap.ts";
export * from "./inheritance.ts";
export * from "./live.ts";
export * from "./perturbation.ts";
export * from "./readiness.ts";
export * from "./trace.ts";
export * from "./unretrieved.ts";
export * from "./wait_list.ts";
export * from "./waker.ts";

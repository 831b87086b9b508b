/** What greenlets tell each other by: `gevent.event`. */
export { AsyncResult } from "./async_result.ts";
export { Event, type EventStatistics } from "./event.ts";

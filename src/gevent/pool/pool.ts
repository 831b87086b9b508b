/** The pools of gevent: `gevent.pool`. */
export { Group, type ImapOptions } from "./group.ts";
export { Pool, type PoolStatistics } from "./greenlet_pool.ts";

/** Jobs that look at a context variable. */
import { ContextVar } from "@quartet/concurrency/asyncio";
import { portable } from "@quartet/concurrency/futures";

export const user = new ContextVar<string>("context_jobs.user", { default: "nobody" });

export const contextJobs = portable(import.meta, {
  whoAsks(): string {
    return user.get();
  },
});

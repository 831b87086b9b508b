/** An open loop: calls arrive at a rate of their own, whether or not those before them are done. */
import { realClock } from "../../core/clock.ts";
import { allResults, type WatchedCall } from "./call_watch.ts";
import type { Arrivals } from "./comparison.ts";
import { seededRandom } from "./seeded_random.ts";

/** How the calls arrive. */
export interface ArrivalPlan {
  /** How many arrive in a second, on average. */
  readonly rate: number;
  /** How long they arrive, in milliseconds. */
  readonly durationMs: number;
  /** The longest that one call may take. */
  readonly timeoutMs: number;
}

/** A call that could not be submitted this long after it was due is turned away, in milliseconds. */
const PATIENCE = 1000;

/** At least so many arrive, however low the rate is. */
const LEAST = 10;

/** When calls arrive, in milliseconds: a Poisson process, the same one each time. */
export function arrivalTimes({ rate, durationMs }: ArrivalPlan): number[] {
  const random = seededRandom(Math.round(rate));
  const count = Math.max(LEAST, Math.round(rate * durationMs / 1000));
  let at = 0;
  return Array.from({ length: count }, () => {
    at += -Math.log(1 - random()) * 1000 / rate;
    return at;
  });
}

/**
 * Submits a call at each of the times and measures how long it takes from the moment at which it was due.
 *
 * Counting from that moment, not from the submission, is what an open loop is for: a model that is held up
 * is late for all that came meanwhile (G. Tene's "coordinated omission").
 */
export async function measureArrivals(
  submit: (index: number) => PromiseLike<unknown>,
  plan: ArrivalPlan,
): Promise<Arrivals> {
  const times = arrivalTimes(plan);
  const mostWaiting = Math.max(LEAST, Math.ceil(plan.rate * PATIENCE / 1000));
  const latencies: number[] = [];
  const calls: PromiseLike<unknown>[] = [];
  let [shed, on] = [0, 0];
  const began = realClock.now();
  const since = () => realClock.now() - began;
  for (const [i, due] of times.entries()) {
    if (due > since()) {
      await new Promise<void>((resolve) => realClock.setTimer(resolve, due - since()));
    }
    if (on >= mostWaiting || since() - due > PATIENCE) {
      shed++;
      continue;
    }
    on++;
    const call = submit(i);
    calls.push(call);
    const end = (): void => {
      on--;
      latencies.push(since() - due);
    };
    call.then(end, end);
  }
  await allResults(calls as WatchedCall[], plan.timeoutMs);
  const { quantile } = await import("simple-statistics");
  const at = (p: number): number => latencies.length === 0 ? 0 : quantile(latencies, p);
  return {
    rate: plan.rate,
    arrived: times.length,
    done: calls.length,
    shed,
    latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
  };
}

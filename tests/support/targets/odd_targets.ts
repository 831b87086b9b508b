/** Jobs whose values are odd: thenables that misbehave, classes that are known on one side only. */
import { currentSignal, portable, reportProgress } from "@quartet/concurrency/futures";
import { travels } from "../../../src/shared/memory/handle.ts";

/** Of a class that this module alone knows, from a module that is not there. */
class FarOnly {
  [travels](): { kind: string; module: string; data: unknown } {
    return { kind: "test.FarOnly", module: "file:///nowhere/far_only.ts", data: 0 };
  }
}

function thenable(then: (...args: ((value: unknown) => void)[]) => unknown): unknown {
  return { then };
}

export const odd = portable(import.meta, {
  same<T>(value: T): T {
    return value;
  },
  settlesTwice(): unknown {
    return thenable((resolve, reject) => {
      resolve!(1);
      resolve!(2);
      reject!(new Error("late"));
    });
  },
  settlesThenThrows(): unknown {
    return thenable((resolve) => {
      resolve!(3);
      throw new Error("late");
    });
  },
  throwsInThen(): unknown {
    return thenable(() => {
      throw new RangeError("in then");
    });
  },
  throwsInGetter(): unknown {
    return {
      get then(): never {
        throw new RangeError("in the getter");
      },
    };
  },
  never(): unknown {
    return thenable(() => undefined);
  },
  throwsWhenRead(): unknown {
    return {
      get field(): never {
        throw new RangeError("mine");
      },
    };
  },
  chunky(n: number): unknown {
    return [
      () => n,
      () => () => n,
      odd.settlesTwice,
      odd.throwsInThen,
      odd.throwsInGetter,
      odd.throwsWhenRead,
    ][n % 6]!();
  },
  async toldOddly(): Promise<string> {
    reportProgress(1);
    reportProgress(new FarOnly());
    try {
      reportProgress(() => 1);
    } catch (error) {
      reportProgress((error as Error).name);
    }
    await Promise.resolve();
    return "done";
  },
  *yieldsOddly(): Generator<unknown> {
    yield 1;
    yield 2;
    yield new FarOnly();
    yield 4;
  },
  *yieldsUncrossable(log: string[]): Generator<unknown> {
    try {
      yield 1;
      yield 2;
      yield () => 3;
      yield 4;
    } finally {
      log.push("closed");
    }
  },
  givesFarOnly(): unknown {
    return new FarOnly();
  },
  untilAborted(): Promise<void> {
    return new Promise((resolve) => currentSignal().addEventListener("abort", () => resolve()));
  },
});

import "../../support/leak_guard.ts";
import { runAs } from "../../../src/core/flow/async_work.ts";
import { Condition, Lock } from "../../../src/threading/mod.ts";
import { conditionSuite } from "../../suites/condition_suite.ts";

const never = new AbortController().signal;

/** An owner of its own for an RLock: a task, here one that does nothing else. */
function as<T>(_who: string, fn: () => Promise<T>): Promise<T> {
  return runAs({ signal: never, checkpoint: () => {} }, fn);
}

conditionSuite("threading.Condition", () => new Condition(), { as });
conditionSuite("threading.Condition (Lock)", () => new Condition(new Lock()));

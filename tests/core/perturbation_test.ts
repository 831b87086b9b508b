import "../support/leak_guard.ts";
import { assertStrictEquals } from "@std/assert";
import { installPerturber, perturbation, type Perturber } from "../../src/core/perturbation.ts";

Deno.test("installPerturber() puts one in place and answers the one before", () => {
  const first: Perturber = { choose: () => 0, stall: () => undefined };
  const second: Perturber = { choose: () => 1, stall: () => undefined };
  assertStrictEquals(installPerturber(first), null);
  assertStrictEquals(perturbation.by, first);
  assertStrictEquals(installPerturber(second), first);
  assertStrictEquals(installPerturber(null), second);
  assertStrictEquals(perturbation.by, null);
});

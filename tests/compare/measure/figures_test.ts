import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { formatRatio } from "../../../src/compare/measure/figures.ts";

Deno.test("formatRatio() says of no ratio that there is none, however small it is", () => {
  const ratios = [0, 0.00001, 0.0002, 0.0006, 0.015, 0.096, 0.5, 0.999, 9.994, 12.44, 99.6, 1234];
  assertEquals(ratios.map(formatRatio), [
    ...["0.00", "<0.0001", "0.0002", "0.001", "0.015", "0.096", "0.50", "1.00", "10.0", "12.4"],
    ...["100", "1234"],
  ]);
});

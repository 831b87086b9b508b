/** What comes from a page is data: checked before anything is started. */
import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { FIRST_SETTINGS, readSettings } from "../../../src/compare/live/race_settings.ts";

Deno.test("readSettings() takes what a page sends, and nothing beside it", () => {
  const sent = { ...JSON.parse(JSON.stringify(FIRST_SETTINGS)), more: 1 };
  assertEquals(readSettings(sent), FIRST_SETTINGS);
  assertEquals(readSettings({ ...sent, models: ["async", "sync", "async"] }).models, [
    "sync",
    "async",
  ]);
});

Deno.test("readSettings() refuses everything else by name", () => {
  for (const careless of [undefined, null, 1, "", [], {}]) {
    assertThrows(() => readSettings(careless), TypeError, "Cannot race: models have to be");
  }
  const wrong = { ...FIRST_SETTINGS, models: ["fork"] };
  assertThrows(() => readSettings(wrong), TypeError, "some of sync, threads");
  assertThrows(() => readSettings({ ...FIRST_SETTINGS, models: [] }), RangeError, "choose one");
  assertThrows(() => readSettings({ ...FIRST_SETTINGS, gil: 1 }), TypeError, "gil");
  for (const value of [NaN, -1, 1.5, Infinity, 2 ** 53, "8", null, undefined]) {
    for (const name of ["tasks", "workers", "taskMs", "delayMs"]) {
      const settings = { ...FIRST_SETTINGS, [name]: value };
      assertThrows(() => readSettings(settings), RangeError, `${name} has to be a whole number`);
    }
  }
});

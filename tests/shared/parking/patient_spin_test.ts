import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { realClock } from "../../../src/core/clock.ts";
import { LONGEST_FOR_PROCESS, PatientSpin } from "../../../src/shared/parking/patient_spin.ts";

/** A spin, with something that it waits for. */
class Watched {
  readonly spin = new PatientSpin(LONGEST_FOR_PROCESS);
  /** How often it was looked. */
  looks = 0;
  hasChanged = true;

  readonly changed = (): boolean => {
    this.looks++;
    return this.hasChanged;
  };

  /** Has waits be slept through that were quick until `spun()`. */
  sleepQuickly(spun: () => boolean): void {
    for (let waits = 0; !spun(); waits++) {
      assert(waits < 10_000, "it never spins");
      this.spin.slept(realClock.now() - 0.04, true);
    }
  }
}

Deno.test("it spins neither before waits were quick, nor where they take long", () => {
  for (const [waits, ms] of [[0, 0.04], [8, 0.04], [1000, 1]] as const) {
    const watched = new Watched();
    for (let i = 0; i < waits; i++) watched.spin.slept(realClock.now() - ms, true);
    assertEquals(watched.spin.until(watched.changed, false), false);
    assertEquals(watched.spin.until(watched.changed, true), false);
    assertEquals(watched.looks, 0);
  }
});

Deno.test("after quick waits it spins, until nothing has changed in some spins", () => {
  const watched = new Watched();
  const { spin, changed } = watched;
  watched.sleepQuickly(() => spin.until(changed, false));
  watched.hasChanged = false;
  let times = 0;
  for (let before = -1; before !== watched.looks; times++) {
    before = watched.looks;
    assertEquals(spin.until(changed, false), false);
    spin.slept(realClock.now(), true); // the spin counts
  }
  assert(times < 1000, `nothing changed in ${times} spins`);
});

Deno.test("spins hold up an event loop for a millisecond, and again once it went on during a wait", () => {
  const watched = new Watched();
  const { spin, changed } = watched;
  for (let isHeldUp = false; !isHeldUp;) {
    watched.sleepQuickly(() => spin.until(changed, true));
    while (spin.until(changed, true));
    spin.slept(realClock.now(), false); // one that was served at once
    const isFree = spin.until(changed, true);
    isHeldUp = !isFree && spin.until(changed, false); // it still pays
    assertEquals(isFree, false);
  }
  watched.sleepQuickly(() => spin.until(changed, true));
});

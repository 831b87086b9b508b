import type { Parked, ParkOptions } from "../../src/shared/parking/park.ts";
import { parkLater } from "../../src/shared/parking/park_async.ts";

/** A wait in the parking lot as a promise. */
export function parkAsync(
  at: number,
  expected: number,
  options: ParkOptions = {},
): Promise<Parked> {
  return new Promise((resolve) => {
    const park = parkLater(at, expected, options, resolve);
    if (typeof park === "string") resolve(park);
  });
}

/** Enough for the engine's bound, half of its largest heap, on hosts of up to 64 GiB. */
const PRESSURE = { count: 48, bytes: 2 ** 26 } as const;

/**
 * Has the engine collect what nobody refers to: it does when the bytes of array buffers come to much, and
 * large ones that nobody touches take no memory. What was made in the same turn of the event loop stays.
 */
export function pressCollector(): void {
  try {
    for (let i = 0; i < PRESSURE.count; i++) new ArrayBuffer(PRESSURE.bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // the host bounds them: then they pressed as well
  }
}

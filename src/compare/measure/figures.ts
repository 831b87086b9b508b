/** A time in milliseconds, with three digits that mean something: `1.24 s`, `12.4 ms`, `3.10 µs`. */
export function formatTime(ms: number): string {
  if (ms === 0) return "0 ms";
  if (ms >= 999.5) return `${digits(ms / 1000)} s`;
  if (ms >= 0.9995) return `${digits(ms)} ms`;
  return `${digits(ms * 1000)} µs`;
}

/** A size: `512 KiB`, `48 MiB`, `1.50 GiB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1023.5 * 1024 ** 2) return `${digits(bytes / 1024 ** 3)} GiB`;
  if (bytes >= 1024 ** 2) return `${Math.round(bytes / 1024 ** 2)} MiB`;
  return `${Math.round(bytes / 1024)} KiB`;
}

/** A ratio: `9.63`, `0.01`, `12.4`, `0.0002`; only nothing at all is `0.00`. */
export function formatRatio(ratio: number): string {
  if (ratio >= 99.5) return String(Math.round(ratio));
  if (ratio >= 9.95) return ratio.toFixed(1);
  if (ratio >= 0.0995 || ratio === 0) return ratio.toFixed(2);
  if (ratio < 0.0005) return ratio < 0.00005 ? "<0.0001" : ratio.toFixed(4);
  return String(Number(ratio.toFixed(3)));
}

/** A count with its noun: `1 thread`, `10 threads`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

function digits(value: number): string {
  if (value >= 99.5) return String(Math.round(value));
  return value >= 9.95 ? value.toFixed(1) : value.toFixed(2);
}

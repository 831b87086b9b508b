/** How far something is. */
export interface Progress extends Disposable {
  /** One more is done. */
  step(): void;
}

/** A bar in the terminal; where there is none nothing is drawn, and nothing loaded. */
export async function openProgress(title: string, total: number): Promise<Progress> {
  if (!Deno.stderr.isTerminal()) return { step() {}, [Symbol.dispose]() {} };
  const { default: { SingleBar, Presets } } = await import("cli-progress");
  const format = `${title.padEnd(10)} {bar} {value}/{total}`;
  const bar = new SingleBar({ format, clearOnComplete: true }, Presets.shades_classic);
  bar.start(total, 0);
  return { step: () => bar.increment(), [Symbol.dispose]: () => bar.stop() };
}

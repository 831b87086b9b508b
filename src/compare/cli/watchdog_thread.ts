/** The far side of the watchdog: ends a program whose main thread computes without end. */
import { realClock } from "../../core/clock.ts";
import { portable } from "../../wire/codec/portable.ts";

/** Where in the shared words what stands. */
export const WORD = { beats: 0, call: 1, of: 2, which: 3, stop: 4, SIZE: 5 } as const;

/** What the far side is handed. */
export interface Watch {
  readonly words: { readonly view: Int32Array };
  readonly timeoutMs: number;
  /** What the rows are called, by their number. */
  readonly rows: readonly string[];
  /** The signals that end the command, and what the shell is told then. */
  readonly signals: readonly (readonly [Deno.Signal, code: number])[];
  /** Set once it hears signals. */
  readonly ready: { set(): void };
}

/** The longest pause between two looks, in milliseconds. */
const LOOK_EVERY = 200;

/** The main thread may be late by this without anything being wrong. */
const GRACE = 500;

/** And this long it has to see to a signal by itself: it writes what was measured, which this thread cannot. */
const INTERRUPT_GRACE = 2_000;

/** What the shell is told when work never ends. */
const FAILED = 1;

/**
 * Looks whether the main thread is alive, until it is told to stop. Ends the program when a call does not return in
 * time, and when a signal is heard that the main thread has no moment for.
 */
export const watchMainThread: (watch: Watch) => Promise<void> = portable(
  import.meta,
  async function watchMainThread({ words, timeoutMs, rows, signals, ready }: Watch): Promise<void> {
    const { view } = words;
    let beats = view[WORD.beats];
    let since = realClock.now();
    let interrupted: number | undefined;
    const listeners = signals.map(([signal, code]) =>
      [signal, () => {
        interrupted = code;
        since = realClock.now();
      }] as const
    );
    for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
    ready.set();
    while (view[WORD.stop] === 0) {
      await new Promise<void>((resolve) => realClock.setTimer(resolve, LOOK_EVERY));
      if (view[WORD.beats] !== beats) {
        beats = view[WORD.beats];
        since = realClock.now();
      } else if (interrupted !== undefined && realClock.now() - since > INTERRUPT_GRACE) {
        console.error("\ncompare: interrupted in the middle of a call; what was measured is kept");
        endProgram(interrupted);
        return;
      } else if (view[WORD.call]! > 0 && realClock.now() - since > timeoutMs + GRACE) {
        const [name, model] = rows[view[WORD.which]!]!.split("\n");
        console.error(
          `\ncompare: Cannot measure ${name}: ${model} did not return from input ${
            view[WORD.call]
          } of ${view[WORD.of]} within ${timeoutMs} ms; allow more with --timeout, or fewer inputs`,
        );
        endProgram(FAILED);
        return;
      }
    }
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  },
);

/**
 * Ends the whole program from this thread, which `Deno.exit` cannot: it ends the thread alone.
 *
 * By the C library, since a signal could not tell the shell that the work failed; by a signal where that is not permitted.
 */
function endProgram(code: number): void {
  try {
    const name = { linux: "libc.so.6", darwin: "libSystem.B.dylib" }[Deno.build.os as string];
    if (name !== undefined) {
      const library = Deno.dlopen(name, { _exit: { parameters: ["i32"], result: "void" } });
      library.symbols._exit(code);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
  Deno.kill(Deno.pid, "SIGKILL");
}

/**
 * Failures that nobody looked at: they are reported, never swallowed.
 *
 * A future that fails with nobody waiting is noted here and struck off as soon as somebody asks for
 * its outcome. What is still noted when the future is collected, or when the program ends, is
 * reported. Costs nothing until something fails. CPython does the same in `Future.__del__`.
 */

/** What is kept of a failure; must not refer to the future itself, or that could never be collected. */
interface Note {
  readonly error: unknown;
  readonly what: string;
  /** Who is told; `null`: the reporter of this thread. */
  readonly report: UnretrievedReporter | null;
}

/** Told of each failure that nobody looked at. */
export type UnretrievedReporter = (error: unknown, what: string) => void;

const notes = new Map<object, Note>();
const collected = new FinalizationRegistry<object>((token) => report(token));
const tokens = new WeakMap<object, object>();
let listening = false;
let reporter: UnretrievedReporter = (error, what) => console.error(`${what}:`, error);

/** Notes that `future` failed with `error` while nobody was waiting for it; `report` is told in place of this thread's reporter. */
export function noteUnretrieved(
  future: object,
  error: unknown,
  what: string,
  report: UnretrievedReporter | null = null,
): void {
  const token = {};
  tokens.set(future, token);
  notes.set(token, { error, what, report });
  collected.register(future, token, token);
  if (!listening) {
    listening = true;
    globalThis.addEventListener("unload", () => reportUnretrieved());
  }
}

/** Strikes `future` off: somebody has seen its outcome. */
export function strikeRetrieved(future: object): void {
  const token = tokens.get(future);
  if (token === undefined) return;
  tokens.delete(future);
  notes.delete(token);
  collected.unregister(token);
}

/** Reports now all that is noted, as the end of the program does; with `of`, what that reporter is to be told, as the end of a loop does. */
export function reportUnretrieved(of?: UnretrievedReporter): void {
  for (const [token, note] of [...notes]) {
    if (of === undefined || note.report === of) report(token);
  }
}

/** Replaces the reporter (the default prints to stderr) and answers the one before. */
export function setUnretrievedReporter(next: UnretrievedReporter): UnretrievedReporter {
  const before = reporter;
  reporter = next;
  return before;
}

function report(token: object): void {
  const note = notes.get(token);
  if (note === undefined) return;
  notes.delete(token);
  collected.unregister(token);
  (note.report ?? reporter)(note.error, note.what);
}

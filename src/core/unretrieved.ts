/**
 * Failures that nobody looked at: they are reported, never swallowed.
 *
 * A future that fails with nobody waiting is noted here and struck off as soon as somebody asks for
 * its outcome. What is still noted when the future is collected, or when the program ends, is
 * reported. Costs nothing until something fails. CPython does the same in `Future.__del__`.
 */
import { setSoon } from "./clock.ts";
import { listenGlobally, onNextThread } from "./parts.ts";

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
/** What was noted in this turn of the platform: most of it is looked at before the next. */
let young: object[] = [];
let listening = false;
const print: UnretrievedReporter = (error, what) => console.error(`${what}:`, error);
let reporter = print;

onNextThread(() => {
  reportUnretrieved(); // nobody of the thread that has ended looks any more
  reporter = print;
});

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
  if (young.push(token) === 1) setSoon(age);
  if (!listening) {
    listening = true;
    listenGlobally("unload", () => reportUnretrieved());
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

/** Replaces the reporter (the default prints to stderr) and returns the one before. */
export function setUnretrievedReporter(next: UnretrievedReporter): UnretrievedReporter {
  const before = reporter;
  reporter = next;
  return before;
}

/** Lets what is still noted after a turn be collected. */
function age(): void {
  const tokens = young;
  young = [];
  for (const token of tokens) releaseFrames(notes.get(token)?.error);
}

/**
 * Leaves of the stacks of an error and of its causes nothing but their text. A stack holds all that ran where the error
 * was made: the task that failed with it, say, which could never be collected then.
 */
function releaseFrames(error: unknown): void {
  const seen = new Set<unknown>();
  for (let each = error; each instanceof Error && !seen.has(each); each = each.cause) {
    seen.add(each);
    try {
      releaseOwnFrames(each);
    } catch {
      return; // frozen, or with a getter of the user's that throws: it is reported at the end of the program
    }
  }
}

/** Deno lets go of the frames when the stack is captured anew and that one is read; to read it, or to set it, is not enough. */
function releaseOwnFrames(error: Error): void {
  if (!Object.hasOwn(error, "stack")) return;
  const { stack } = error;
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = 0;
    Error.captureStackTrace(error);
    void error.stack;
  } finally {
    Error.stackTraceLimit = limit;
    error.stack = stack;
  }
}

function report(token: object): void {
  const note = notes.get(token);
  if (note === undefined) return;
  notes.delete(token);
  collected.unregister(token);
  (note.report ?? reporter)(note.error, note.what);
}

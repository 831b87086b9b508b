/**
 * Children kept ready: started before somebody asks for them, so that the start of a process is a message.
 *
 *     start() of a process ─▶ a spare of these terms? ─▶ it is told what it is        one message
 *                                                     ─▶ else a child is started      as long as a Deno takes
 *     the process has begun ─▶ were two of these terms started, or spares asked for? ─▶ the next one is started
 *
 * - Each is used once, by one process: as with Python's, that finds its modules new.
 * - *Terms* are what a child has from its start: permissions, environment, folder, what it may import. Where this process
 *   may not read its own environment and folder without exception they could change unseen, and it has no spares.
 * - A spare keeps no program alive, and ends with it however that ends, as any child whose link has ended.
 * - Under `deno test` and `deno bench` none is started unasked: the sanitizers would count it as left behind by the test that runs.
 */
import { checkWhole } from "../../core/check.ts";
import { type ClockTimer, setBackgroundTimer } from "../../core/clock.ts";
import { addSpares, listenGlobally, noteEnding } from "../../core/parts.ts";
import { mainModule } from "../../wire/codec/import_guard.ts";
import { permissionChanges } from "../../wire/rpc/permission_changes.ts";
import { readsAll } from "./child_arguments.ts";
import { checkMayStart, type ChildOptions, ChildTransport } from "./child_transport.ts";

/** How long a spare that nobody asked for waits to be used, in milliseconds. */
const KEPT_FOR = 10_000;
/** How long after a process has begun the next spare is started, in milliseconds. */
const PAUSE = 10;
/** So many processes of the same terms show that a program starts more. */
const SHOWN = 2;
/** Of so many terms it is remembered how many processes had them. */
const MOST_TERMS = 64;
/** The most spares of the same terms. */
const MOST_SPARES = 64;

/** A child that waits. */
interface Spare {
  readonly child: ChildTransport;
  readonly terms: string;
  /** Ends one that nobody asked for. */
  readonly timer: ClockTimer | null;
}

let spares: Spare[] = [];
/** How many processes had these terms; the terms used last are the last. */
const started = new Map<string, number>();
/** Of those that are to be started in a moment. */
const planned = new Set<ClockTimer>();
/** How many spares the program asked for; `null`: it never did. */
let asked: number | null = null;

addSpares(letGoOfAll);
listenGlobally("unload", letGoOfAll);
// An error that nobody catches ends the program without that. One that somebody does costs a spare.
listenGlobally("error", letGoOfAll);
listenGlobally("unhandledrejection", letGoOfAll);

/**
 * Starts a child, or uses one that is kept ready.
 *
 * @throws {Deno.errors.NotCapable} if this process may not start it, or not with these permissions.
 */
export function startChild(options: ChildOptions): ChildTransport {
  checkMayStart();
  if (spares.length === 0) return new ChildTransport(options);
  const terms = termsOf(options);
  const at = spares.findIndex((spare) => spare.terms === terms);
  if (at < 0) return new ChildTransport(options);
  const [spare] = spares.splice(at, 1) as [Spare];
  spare.timer?.cancel();
  spare.child.use(options);
  if (asked !== null) fillSoon(options);
  return spare.child;
}

/** A process of these options has begun: another one is to be expected if the program has shown or said so. */
export function expectMore(options: ChildOptions): void {
  if (asked === 0 || (asked === null && isTest())) return;
  const terms = termsOf(options);
  if (terms === null) return;
  const times = (started.get(terms) ?? 0) + 1;
  started.delete(terms);
  started.set(terms, times);
  if (started.size > MOST_TERMS) started.delete(started.keys().next().value!);
  if (asked !== null || times >= SHOWN) fillSoon(options);
}

/**
 * Sets how many children are kept ready for processes that are started later; their start takes a message then,
 * instead of the time that a Deno takes.
 *
 * - So many are started now, for processes with this one's permissions and environment, and so many of other permissions
 *   or variables once a process with them was started. The place of each that is used is taken by another.
 * - Without a call one is started when a program has started two processes alike, unless under `deno test` or `deno bench`, and ends when
 *   it was not used for ten seconds.
 * - With `0` none is, and those there are end.
 * - It takes the permissions to read and to see the environment, both without exception.
 * - A spare is a Deno that runs nothing of the program's yet and waits: about 40 MB each. It keeps no program alive,
 *   ends with it, and is no active child.
 * - Modules of `--preload` run in it when it is started.
 *
 * Not like Python, which has no such thing; its start method "forkserver" comes near.
 *
 * @param count how many of each kind, from 0 to 64.
 * @throws {RangeError} if `count` is no such number.
 * @throws {InvalidStateError} while this side imports the module that it was told to run, and in a daemonic process.
 * @throws {Deno.errors.NotCapable} if this process may not start children.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activeChildren, Process, setSpares } from "@quartet/concurrency/multiprocessing";
 *
 * setSpares(1);
 * assertEquals(activeChildren(), []);
 * const process = new Process({ target: (n: number) => n * 2, args: [21] }).start();
 * assertEquals(await process.result, 42);
 * await process.join();
 * setSpares(0);
 * ```
 */
export function setSpares(count: number): void {
  checkWhole(count, "count", 0);
  if (count > MOST_SPARES) {
    throw new RangeError(`Cannot keep ${count} children ready: use at most ${MOST_SPARES}`);
  }
  asked = count;
  if (count === 0) return letGoOfAll();
  checkMayStart();
  const kinds = new Map<string, number>();
  letGo(({ terms }) => {
    kinds.set(terms, (kinds.get(terms) ?? 0) + 1);
    return kinds.get(terms)! > count;
  });
  const main = mainModule();
  const usual: ChildOptions = main === null ? {} : { modules: [main] };
  const terms = termsOf(usual);
  if (terms !== null) fill(usual, terms);
}

/** Starts what is missing in a moment: to start a process holds this one up, which the one that has begun need not notice. */
function fillSoon(options: ChildOptions): void {
  const timer = setBackgroundTimer(() => {
    planned.delete(timer);
    letGo((spare) => !isOfNow(spare.terms));
    const terms = termsOf(options);
    if (terms === null) return;
    try {
      fill(options, terms);
    } catch {
      started.delete(terms); // not tried at each start; one that finds no spare says why none can be started
    }
  }, PAUSE);
  planned.add(timer);
}

/** Starts spares of these terms until there are enough. */
function fill({ info: _, ...options }: ChildOptions, terms: string): void {
  while (spares.filter((spare) => spare.terms === terms).length < (asked ?? 1)) add(options, terms);
}

function add(options: ChildOptions, terms: string): void {
  const child = new ChildTransport(options, true);
  const timer = asked !== null
    ? null
    : setBackgroundTimer(() => letGo((each) => each === spare), KEPT_FOR);
  const spare: Spare = { child, terms, timer };
  spares.push(spare);
  child.exited.then(() => letGo((each) => each === spare)); // by itself, or killed by somebody
}

function letGoOfAll(): void {
  for (const timer of planned) timer.cancel();
  planned.clear();
  letGo(() => true);
}

/** Ends those that `isOf` tells. */
function letGo(isOf: (spare: Spare) => boolean): void {
  const [gone, kept] = [spares.filter(isOf), spares];
  spares = kept.filter((spare) => !gone.includes(spare));
  for (const { child, timer } of gone) {
    timer?.cancel();
    noteEnding(child.discard());
  }
}

/** All that a child has from its start, as text; `null` where that cannot be seen: nothing is started ahead then. */
function termsOf(options: ChildOptions): string | null {
  const now = ofNow();
  if (now === null) return null;
  const { permissions = "inherit", env = {} } = options;
  const modules = readsAll(options) ? null : options.modules?.toSorted() ?? [];
  return `${now}\n${JSON.stringify([permissions, env, modules])}`;
}

/** What a child would have from this process as that is now. */
function ofNow(): string | null {
  const may = (["read", "env"] as const).every((name) =>
    Deno.permissions.querySync({ name }).state === "granted"
  );
  if (!may) return null;
  const env = Object.entries(Deno.env.toObject()).sort(); // the platform lists them in any order
  return JSON.stringify([permissionChanges(), Deno.cwd(), env]);
}

function isOfNow(terms: string): boolean {
  return terms.startsWith(`${ofNow()}\n`);
}

/** Whether Deno runs tests or benchmarks here: elsewhere what registers them does nothing, and takes nothing. */
function isTest(): boolean {
  return Deno.test.length > 0;
}

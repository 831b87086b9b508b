/**
 * The checks of arguments, each before anything has changed. An error names the argument, its value and the way out.
 */

/**
 * Refuses options that are no object, or have a name in another spelling in them, which would be passed over in silence.
 *
 * @param call what they are given to.
 * @param example what could stand in them.
 * @throws {TypeError}
 */
export function checkOptions(options: unknown, call: string, example: string): void {
  checkObject(options, call, example);
  checkOptionNames(options as object, call);
}

/** Refuses options that are no object. */
export function checkObject(options: unknown, call: string, example: string): void {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return;
  const meant = typeof options === "number" && example.startsWith("timeout")
    ? `timeout: ${options}`
    : example;
  throw new TypeError(
    `Cannot use ${show(options)} as the options of ${call}: give an object, as { ${meant} }`,
  );
}

/** Refuses names in another spelling, as `max_workers`; others may stand there, since options may be an object that has more. */
export function checkOptionNames(options: object, call: string): void {
  for (const name in options) {
    if (name === "timeout" || name === "signal") continue; // those of every wait, which is not to pay for it
    const meant = meantOption(name);
    if (meant === undefined) continue;
    throw new TypeError(
      `Cannot use option ${show(name)} of ${call}: there is no such option; write ${meant}`,
    );
  }
}

/** Refuses what is no time to wait in milliseconds; below 0 means at once. */
export function checkDelay(value: number, name: string): void {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot use ${name} ${show(value)}: give a number of milliseconds`);
  }
  if (Number.isNaN(value)) {
    throw new RangeError(`Cannot use ${name} NaN: give a number of milliseconds, 0 for at once`);
  }
}

/** Refuses what is not the length of a time in milliseconds, as an interval or a time of grace is. */
export function checkDuration(value: number, name: string): void {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot use ${name} ${show(value)}: give a number of milliseconds`);
  }
  if (!(value >= 0)) {
    throw new RangeError(`Cannot use ${name} ${value}: give 0 or more milliseconds`);
  }
}

/** Refuses what is no bound on how many there may be: a whole number, 1 or more. */
export function checkCount(value: number, name: string): void {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot use ${name} ${show(value)}: give a number`);
  }
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`Cannot use ${name} ${value}: give a whole number, 1 or more`);
  }
}

/** A value as an error message shows it: short, and without calling any of the value's own code. */
export function show(value: unknown): string {
  switch (typeof value) {
    case "string": {
      const text = JSON.stringify(value);
      return text.length > 80 ? `${text.slice(0, 79)}…` : text;
    }
    case "bigint":
      return `${value}n`;
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? "an array" : "an object";
    default:
      return String(value);
  }
}

/** Refuses what cannot be called. */
export function checkFunction(value: unknown, name: string): void {
  if (typeof value === "function") return;
  throw new TypeError(`Cannot use ${name} ${show(value)}: give a function`);
}

/** Refuses what is no text. */
export function checkText(value: unknown, name: string): void {
  if (typeof value === "string") return;
  throw new TypeError(`Cannot use ${name} ${show(value)}: give a string`);
}

/**
 * A name as text. A number, as of a counter, becomes its digits, as it does in Python; anything else is refused.
 */
export function toName(value: unknown, name = "name"): string {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  checkText(value, name);
  return value as string;
}

/** Refuses what is not a whole number from `least` on, safe for arithmetic. */
export function checkWhole(value: unknown, name: string, least: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  const message = `Cannot use ${name} ${show(value)}: give a whole number, ${least} or more`;
  throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
}

/** Refuses what is no number at all; `NaN` is none. */
export function checkNumber(value: unknown, name: string): void {
  if (typeof value === "number" && !Number.isNaN(value)) return;
  const message = `Cannot use ${name} ${show(value)}: give a number`;
  throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
}

/** Refuses what is no whole number; below 0 may count from the end. */
export function checkInteger(value: unknown, name: string): void {
  checkNumber(value, name);
  if (Number.isInteger(value)) return;
  throw new RangeError(`Cannot use ${name} ${show(value)}: give a whole number`);
}

/** Refuses what cannot be iterated over; with `async`, async iterables are right too. */
export function checkIterable(value: unknown, name: string, async = false): void {
  if (typeof value === "string") return;
  if (typeof value === "object" && value !== null || typeof value === "function") {
    if (typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === "function") return;
    const asynchronous = (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator];
    if (async && typeof asynchronous === "function") return;
  }
  throw new TypeError(
    `Cannot use ${name} ${show(value)}: give an iterable${
      async ? " or an async iterable" : ""
    }, as an array`,
  );
}

/** Whether a value has to be waited for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" || typeof value === "function") && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

/** The name of a kind with its article. */
export function withArticle(name: string): string {
  return `${/^[AEIO]/i.test(name) ? "an" : "a"} ${name}`;
}

/** The error that is meant by an error or a class of errors; `undefined` if it is neither. */
export function errorMeant(value: unknown): Error | undefined {
  const isClass = typeof value === "function" &&
    (value === Error || value.prototype instanceof Error);
  const error = isClass ? new (value as new () => Error)() : value;
  return error instanceof Error ? error : undefined;
}

/** What was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(toText(thrown), { cause: thrown });
}

/** A value of the user's as text, which not every one has. */
export function toText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "something that cannot be written";
  }
}

/** What the options of all modules are called; `tests/house/surface_test.ts` holds it complete. */
const OPTIONS = `
  ackWait action address algorithm allow ambient args around attempts authkey autoJump block breakEven
  broadcast ca caFile cancelPending cert certFile chunkSize clearEnv columns command compare
  concurrency concurrencyPerWorker context count create credsFile cwd daemon deadline debug
  default delay detectDeadlock duplex eager embedded env executor exposed factor fair force fresh
  gentle gil grace handshakeFirst idleTimeout immediate initargs initialValue initializer inputs
  interval isolated jitter key keyFile kind limit localAddr lookAhead loopFactory max
  maxConcurrency maxDelay maxDeliver maxMessageLength maxPending maxQueue maxTasksPerChild
  maxWorkers minWorkers models name namePrefix nkeySeedFile onProgress onUpdate ordered pass
  patience pause permissions predict priority processes queue queueTimeout quick raiseError rate
  remoteAddr repeats replicas resultTtl retries returnExceptions returnWhen reusePort run scheme
  scope servers shield signal size spread start stderr stdin stdout style system target timeout
  timeoutValue tls token trace transfer turns user wait what when withPython workers
`;

/** The options by their letters. */
let byLetters: ReadonlyMap<string, string> | undefined;

/** The option that a name is meant for that is none: the same but for case, `_` and `-`, as Python's `max_workers`. */
function meantOption(name: string): string | undefined {
  byLetters ??= new Map(OPTIONS.trim().split(/\s+/).map((each) => [lettersOf(each), each]));
  const meant = byLetters.get(lettersOf(name));
  return meant === name ? undefined : meant;
}

function lettersOf(name: string): string {
  return name.replace(/[_-]/g, "").toLowerCase();
}

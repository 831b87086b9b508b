/** The order rules of the listings whose threads or processes print side by side. */

/** Looks at the lines that are not empty, normalised, and at the text as it came. */
export type OrderRule = (lines: readonly string[], raw: string) => boolean;

const sorted = (lines: readonly string[]): string => [...lines].sort().join("\n");
const numbered = (count: number, line: (n: number) => string): string[] =>
  Array.from({ length: count }, (_, n) => line(n));

/** Whether `lines` has `part` in it, in this order, with anything between. */
export function isSubsequence(part: readonly string[], lines: readonly string[]): boolean {
  let at = 0;
  for (const line of lines) if (line === part[at]) at++;
  return at === part.length;
}

/** Whether both have the same lines, in any order. */
export function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return sorted(a) === sorted(b);
}

const fromChild = numbered(5, (n) => `from child thread: ${n}`);
const fromMain = numbered(5, (n) => `from main thread: ${n}`);

/** 06: each thread says its name before its result; twenty line ends in all. */
export const eachNameBeforeItsResult: OrderRule = (lines, raw) =>
  numbered(5, String).every((k) =>
    lines.indexOf(`Thread-${Number(k) + 1} (doubler)`) < lines.indexOf(`${2 * Number(k)}`)
  ) && raw.split("\n").length === 21;

/** 09: four say who they are, in any order; then the list, in the order in which the lock was taken. */
export const fourSayThenList: OrderRule = (lines) => {
  const says = lines.slice(0, -1);
  const list = lines.at(-1)?.match(/I'm function \d/g) ?? [];
  return sameLines(
    says,
    numbered(
      4,
      (n) => `Thread <Thread(Thread-${n + 1} (who_am_i), started <ident>)> says: I'm function ${n}`,
    ),
  ) && sameLines(list, numbered(4, (n) => `I'm function ${n}`));
};

/** 10: ten orders in their order, whoever takes them; then each of the three threads stops. */
export const ordersThenStops: OrderRule = (lines) => {
  const [names, what] = [0, 1].map((part) => lines.map((line) => line.split(": ")[part]!));
  return what!.join() === [...numbered(10, (n) => `order ${n}`), "stop", "stop", "stop"].join() &&
    sameLines(names!.slice(10), ["thread 1", "thread 2", "thread 3"]);
};

/** 12: who is served first is free; that three are served at once is said by their times. */
export const anyOrder: OrderRule = () => true;

/** 13: nobody passes before the event is set. */
export const mainThreadFirst: OrderRule = (lines) => lines[0] === "Main thread";

/** 15: the result comes after both parts. */
export const resultLast: OrderRule = (lines) => lines.at(-1) === "Result:  23";

/** 16: main and child side by side; then two children side by side; then the stop. */
export const besideThenJoined: OrderRule = (lines) => {
  const [first, second] = [lines.slice(0, 10), lines.slice(10, -1)];
  const beside = first.indexOf(fromMain[0]!) < first.indexOf(fromChild[4]!) &&
    first.indexOf(fromChild[0]!) < first.indexOf(fromMain[4]!);
  // Each was there before the other had ended.
  const together = second.lastIndexOf(fromChild[0]!) < second.indexOf(fromChild[4]!);
  return sameLines(first, [...fromChild, ...fromMain]) && isSubsequence(fromChild, first) &&
    isSubsequence(fromMain, first) && beside &&
    sameLines(second, [...fromChild, ...fromChild]) && isSubsequence(fromChild, second) &&
    together && lines.at(-1) === "--> stop";
};

/** 18: the first child is waited for, the daemon is cut off. */
export const daemonCutOff: OrderRule = (lines) => {
  const [first, second] = [lines.slice(0, 6), lines.slice(6)];
  return isSubsequence(fromChild, first) && first.slice(0, 2).includes("App stop") &&
    (sameLines(second, ["App stop"]) || sameLines(second, ["App stop", fromChild[0]!]));
};

/** 19: five processes, the main one first. */
export const mainProgramFirst: OrderRule = (lines, raw) => {
  const pids = new Set([...raw.matchAll(/Process (\d+)/g)].map(([, pid]) => pid));
  return lines[0]!.includes("main program") && pids.size === 5;
};

/** 20: the child honks until it is terminated, and never after. */
export const honksUntilTerminated: OrderRule = (lines, raw) => {
  const honks = [...raw.matchAll(/Number of (\d+)/g)].map(([, n]) => Number(n));
  const pids = new Set([...raw.matchAll(/in process (\d+)/g)].map(([, pid]) => pid));
  const child = lines.filter((line) => line.startsWith("I'm loopy") || line.startsWith("\t"));
  return lines[0]!.includes("main program") && pids.size === 2 &&
    lines.filter((line) => line === "hi").length === 5 && child[0]!.startsWith("I'm loopy") &&
    honks.every((n, i) => n === i + 1);
};

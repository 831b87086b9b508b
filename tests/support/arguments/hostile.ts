/** Values that careless callers give, by what the parameter is for. */
import type { Kind, Parameter } from "./signatures.ts";

/** A value and how it is written in a report. */
export interface Hostile {
  readonly text: string;
  readonly value: unknown;
  /** Whether nothing but a refusal is right. */
  readonly mustFail: boolean;
}

/** The error of getters that throw: it is the caller's own and passes through as it is. */
export class OwnError extends Error {
  override name = "OwnError";
}

/** The values to try in the place of a parameter. */
export function hostileFor({ kind, nullable }: Parameter): Hostile[] {
  return BY_KIND[kind]().filter(({ value }) => !(nullable && value === null));
}

const BY_KIND: Record<Kind, () => Hostile[]> = {
  number: () => [
    must("NaN", NaN),
    must('"5"', "5"),
    must("{}", {}),
    must("null", null),
    must("Symbol()", Symbol()),
    may("-1", -1),
    may("Infinity", Infinity),
    may("-Infinity", -Infinity),
    may("2 ** 53", 2 ** 53),
    may("1.5", 1.5),
  ],
  string: () => [
    must("5", 5),
    must("null", null),
    must("{}", {}),
    must("Symbol()", Symbol()),
    may('""', ""),
  ],
  function: () => [must("null", null), must("5", 5), must('"x"', "x"), must("{}", {})],
  iterable: () => [must("null", null), must("5", 5), must("{}", {})],
  options: notOptions,
  wait: () => [
    ...notOptions(),
    must("{ timeout: NaN }", { timeout: NaN }),
    must('{ timeout: "5" }', { timeout: "5" }),
    must("{ timeout: {} }", { timeout: {} }),
    must("{ signal: {} }", { signal: {} }),
    must("{ signal: 5 }", { signal: 5 }),
    must("{ get timeout() { throw } }", {
      get timeout() {
        throw new OwnError("a getter of the caller");
      },
    }),
    must("{ get signal() { throw } }", {
      get signal() {
        throw new OwnError("a getter of the caller");
      },
    }),
  ],
  // gevent takes the milliseconds bare, and `null` for no bound.
  bound: () => BY_KIND.wait().filter(({ value }) => value !== 5 && value !== null),
  any: () => [
    may("undefined", undefined),
    may("null", null),
    may("5", 5),
    may("-1", -1),
    may("NaN", NaN),
    may('""', ""),
    may("Symbol()", Symbol()),
    may("{ get then() { throw } }", {
      get then() {
        throw new OwnError("a getter of the caller");
      },
    }),
  ],
};

function notOptions(): Hostile[] {
  return [
    must("5", 5),
    must('"5"', "5"),
    must("true", true),
    must("null", null),
    must("Symbol()", Symbol()),
    must("() => {}", () => {}),
  ];
}

function must(text: string, value: unknown): Hostile {
  return { text, value, mustFail: true };
}

function may(text: string, value: unknown): Hostile {
  return { text, value, mustFail: false };
}

/** What a parameter that is not being tried gets. */
export function harmlessFor({ kind, nullable }: Parameter): unknown {
  switch (kind) {
    case "number":
      return nullable ? null : 1;
    case "string":
      return "x";
    case "function":
      return () => 1;
    case "iterable":
      return [];
    default:
      return undefined;
  }
}

/** The public types of `@std/testing/mock`, for the same code taken from npm (`deno-std`). */
// deno-lint-ignore-file no-explicit-any

export class MockError extends Error {
  constructor(message: string);
}

export interface SpyCall<Self = any, Args extends unknown[] = any[], Return = any> {
  args: Args;
  returned?: Return;
  error?: Error;
  self?: Self;
}

export interface Spy<Self = any, Args extends unknown[] = any[], Return = any> {
  (this: Self, ...args: Args): Return;
  original: (this: Self, ...args: Args) => Return;
  calls: SpyCall<Self, Args, Return>[];
  readonly restored: boolean;
}

export interface MethodSpy<Self = any, Args extends unknown[] = any[], Return = any>
  extends Spy<Self, Args, Return>, Disposable {
  restore(): void;
}

export interface Stub<Self = any, Args extends unknown[] = any[], Return = any>
  extends MethodSpy<Self, Args, Return> {
  fake: (this: Self, ...args: Args) => Return;
}

type MethodArgs<Self, Prop extends keyof Self> = Self[Prop] extends (...args: infer A) => unknown
  ? A
  : never;
type MethodReturn<Self, Prop extends keyof Self> = Self[Prop] extends (...args: any[]) => infer R
  ? R
  : never;

export function spy<Self = any, Args extends unknown[] = unknown[]>(): Spy<Self, Args, void>;
export function spy<Self, Args extends unknown[], Return>(
  func: (this: Self, ...args: Args) => Return,
): Spy<Self, Args, Return>;
export function spy<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): MethodSpy<Self, MethodArgs<Self, Prop>, MethodReturn<Self, Prop>>;

export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): Stub<Self, MethodArgs<Self, Prop>, MethodReturn<Self, Prop>>;
export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
  func: (
    this: Self,
    ...args: MethodArgs<Self, Prop>
  ) => MethodReturn<Self, Prop>,
): Stub<Self, MethodArgs<Self, Prop>, MethodReturn<Self, Prop>>;

export interface ExpectedSpyCall<Self = any, Args extends unknown[] = any[], Return = any> {
  args?: [...Args, ...unknown[]];
  self?: Self;
  returned?: Return;
  error?: {
    Class?: new (...args: any[]) => any;
    msgIncludes?: string;
  };
}

export function assertSpyCalls(spy: Spy<any, any[], any>, expectedCalls: number): void;
export function assertSpyCall<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  callIndex: number,
  expected?: ExpectedSpyCall<Self, Args, Return>,
): void;
export function assertSpyCallAsync<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Promise<Return>>,
  callIndex: number,
  expected?: ExpectedSpyCall<Self, Args, Promise<Return> | Return>,
): Promise<void>;
export function assertSpyCallArg<ExpectedArg>(
  spy: Spy<any, any[], any>,
  callIndex: number,
  argIndex: number,
  expected: ExpectedArg,
): ExpectedArg;
export function assertSpyCallArgs<Args extends unknown[]>(
  spy: Spy<any, any[], any>,
  callIndex: number,
  expected: Args,
): Args;
export function assertSpyCallArgs<Args extends unknown[]>(
  spy: Spy<any, any[], any>,
  callIndex: number,
  argsStart: number,
  expected: Args,
): Args;
export function assertSpyCallArgs<Args extends unknown[]>(
  spy: Spy<any, any[], any>,
  callIndex: number,
  argsStart: number,
  argsEnd: number,
  expected: Args,
): Args;

export function mockSession(): number;
export function mockSession<Self, Args extends unknown[], Return>(
  func: (this: Self, ...args: Args) => Return,
): (this: Self, ...args: Args) => Return;
export function mockSessionAsync<Self, Args extends unknown[], Return>(
  func: (this: Self, ...args: Args) => Promise<Return>,
): (this: Self, ...args: Args) => Promise<Return>;
export function restore(id?: number): void;

export function returnsThis<Self = any, Args extends unknown[] = any[]>(): (
  this: Self,
  ...args: Args
) => Self;
export function returnsArg<Arg, Self = any>(idx: number): (this: Self, ...args: Arg[]) => Arg;
export function returnsArgs<Args extends unknown[], Self = any>(
  start?: number,
  end?: number,
): (this: Self, ...args: Args) => Args;
export function returnsNext<Return, Self = any, Args extends unknown[] = any[]>(
  values: Iterable<Return>,
): (this: Self, ...args: Args) => Return;
export function resolvesNext<Return, Self = any, Args extends unknown[] = any[]>(
  iterable:
    | Iterable<Return | Error | Promise<Return | Error>>
    | AsyncIterable<Return | Error | Promise<Return | Error>>,
): (this: Self, ...args: Args) => Promise<Return>;

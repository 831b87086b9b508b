/** An object of each class of the platform that crosses, and of many that do not; made on either side. */
import { portable } from "@quartet/concurrency/futures";

const TINY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** Of the classes in the codec's table. */
export const crossing: Record<string, () => object | Promise<object>> = {
  Array: () => [1, [2]],
  Map: () => new Map([[1, { a: 1 }]]),
  Set: () => new Set([1]),
  Date: () => new Date(5),
  RegExp: () => /a/g,
  Number: () => Object(5),
  String: () => Object("s"),
  Boolean: () => Object(true),
  BigInt: () => Object(5n),
  ArrayBuffer: () => new ArrayBuffer(8),
  Int8Array: () => new Int8Array(8),
  Uint8Array: () => new Uint8Array(8),
  Uint8ClampedArray: () => new Uint8ClampedArray(8),
  Int16Array: () => new Int16Array(8),
  Uint16Array: () => new Uint16Array(8),
  Int32Array: () => new Int32Array(8),
  Uint32Array: () => new Uint32Array(8),
  Float16Array: () => new Float16Array(8),
  Float32Array: () => new Float32Array(8),
  Float64Array: () => new Float64Array(8),
  BigInt64Array: () => new BigInt64Array(8),
  BigUint64Array: () => new BigUint64Array(8),
  DataView: () => new DataView(new ArrayBuffer(8)),
  SharedArrayBuffer: () => new SharedArrayBuffer(8),
  "WebAssembly.Memory": () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }),
  "WebAssembly.Module": () => new WebAssembly.Module(TINY),
  Blob: () => new Blob(["x"]),
  File: () => new File(["x"], "name"),
  CryptoKey: () => crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign"]),
  MessagePort: () => new MessageChannel().port1,
  ReadableStream: () => new ReadableStream(),
  WritableStream: () => new WritableStream(),
  TransformStream: () => new TransformStream(),
  Error: () => new RangeError("x"),
  DOMException: () => new DOMException("x", "DataError"),
  QuotaExceededError: () => new DOMException("x", "QuotaExceededError"),
};

class Private {
  #state = 5;
  get state(): number {
    return this.#state;
  }
}

/** Which the platform refuses, or would empty. */
export const refused: Record<string, () => unknown> = {
  Response: () => new Response("x"),
  Request: () => new Request("http://x/"),
  Headers: () => new Headers({ a: "b" }),
  URL: () => new URL("http://x/"),
  URLSearchParams: () => new URLSearchParams("a=b"),
  URLPattern: () => new URLPattern({ pathname: "/x" }),
  AbortSignal: () => new AbortController().signal,
  AbortController: () => new AbortController(),
  EventTarget: () => new EventTarget(),
  Event: () => new Event("x"),
  FormData: () => new FormData(),
  TextEncoder: () => new TextEncoder(),
  TextDecoder: () => new TextDecoder(),
  MessageChannel: () => new MessageChannel(),
  CompressionStream: () => new CompressionStream("gzip"),
  "unshared WebAssembly.Memory": () => new WebAssembly.Memory({ initial: 1 }),
  "WebAssembly.Instance": () => new WebAssembly.Instance(new WebAssembly.Module(TINY)),
  "WebAssembly.Global": () => new WebAssembly.Global({ value: "i32" }, 1),
  WeakRef: () => new WeakRef({}),
  WeakMap: () => new WeakMap(),
  Promise: () => Promise.resolve(1),
  generator: () => (function* () {})(),
  iterator: () => [1].values(),
  NumberFormat: () => new Intl.NumberFormat("en"),
  "boxed symbol": () => Object(Symbol("x")),
  Math: () => Math,
  "Deno.stdin": () => Deno.stdin,
  crypto: () => crypto,
  "a class whose state is private": () => new Private(),
  "a function": () => () => 1,
  "a symbol": () => Symbol("x"),
};

/** What an object is, as the platform sees it. */
export function brandOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

export const far = portable(import.meta, {
  brand(value: { it: unknown }): string {
    return brandOf(value.it);
  },
  async give(name: string, ...beside: unknown[]): Promise<unknown> {
    return { it: await (crossing[name] ?? refused[name])!(), beside };
  },
});

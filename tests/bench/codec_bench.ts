/**
 * A message to bytes and back: why JSON where it is faithful, and the platform's codec elsewhere.
 *
 *     deno run -A --no-lock tests/bench/codec_bench.ts
 */
import v8 from "node:v8";
import { fromFrame, loadStructured, type Packet, toPacket } from "../../src/wire/codec/bytes.ts";
import { bench, type Contender } from "./harness.ts";

await loadStructured();
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const packr = await msgpackr();
const cbor = await cborX();

const codecs: Record<string, (value: unknown) => unknown> = {
  "structuredClone": (value) => structuredClone(value),
  "quartet": (value) => {
    const { kind, body } = toPacket(value) as Packet;
    return fromFrame(kind, { body, attachments: [] });
  },
  "JSON": (value) => JSON.parse(decoder.decode(encoder.encode(JSON.stringify(value)))),
  "node:v8": (value) => v8.deserialize(v8.serialize(value)),
  ...(packr === null ? {} : { "msgpackr": packr }),
  ...(cbor === null ? {} : { "cbor-x": cbor }),
};

const values: Record<string, unknown> = {
  "a small object": { id: 17, name: "small object", tags: ["a", "b"], nested: { x: 1.5 } },
  "an array of 100 records": Array.from({ length: 100 }, (_, id) => ({
    id,
    name: `record ${id}`,
    ratio: id / 7,
  })),
  "a map, a date, a bigint and undefined": {
    map: new Map([["a", 1], ["b", 2]]),
    date: new Date(0),
    big: 2n ** 60n,
    nothing: undefined,
  },
};

for (const [title, value] of Object.entries(values)) {
  const isPlain = Object.values(value as object).every((each) => !(each instanceof Map));
  const times = Array.isArray(value) ? 300 : 5_000;
  const contenders: Contender[] = Object.entries(codecs)
    .filter(([name]) => isPlain || name !== "JSON")
    .map(([name, codec]) => ({
      name,
      role: name === "structuredClone" ? "limit" : name === "quartet" ? "ours" : "peer",
      open: () => ({
        measure() {
          const began = performance.now();
          for (let i = 0; i < times; i++) codec(value);
          return (performance.now() - began) / times * 1000;
        },
      }),
    }));
  await bench({
    title: `${title}, encoded and decoded`,
    unit: "µs",
    better: "lower",
    rounds: 7,
    warmUps: 3,
  }, contenders);
}

/** A library as far as it is used here. */
interface Library {
  readonly Packr: new (
    options: object,
  ) => { pack(v: unknown): Uint8Array; unpack(b: Uint8Array): unknown };
  readonly Encoder: new (options: object) => {
    encode(value: unknown): Uint8Array;
    decode(bytes: Uint8Array): unknown;
  };
}

/** Loads a library, unseen by the lock file; `null` where the registry does not give all of it. */
async function library(specifier: string): Promise<Library | null> {
  try {
    return await import(specifier);
  } catch (error) {
    console.log(`${specifier} is left out: ${String(error).split("\n")[0]}`);
    return null;
  }
}

async function msgpackr(): Promise<((value: unknown) => unknown) | null> {
  const loaded = await library("npm:msgpackr@1.10.2");
  if (loaded === null) return null;
  const packr = new loaded.Packr({ structuredClone: true });
  return (value) => packr.unpack(packr.pack(value));
}

async function cborX(): Promise<((value: unknown) => unknown) | null> {
  const loaded = await library("npm:cbor-x@1.6.0");
  if (loaded === null) return null;
  const coder = new loaded.Encoder({ structuredClone: true });
  return (value) => coder.decode(coder.encode(value));
}

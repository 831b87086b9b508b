/**
 * How two sides prove to each other that they know the same key, without saying it.
 *
 *     listener                                        client
 *        │ ── magic, challenge ─────────────────────────▶ │
 *        │ ◀───────── magic, challenge', HMAC("client") ── │
 *        │ ── verdict, HMAC("server") ──────────────────▶ │
 *
 * Each HMAC covers both challenges and the role, so none can be used again or sent back. Every step has
 * a fixed length and all of it a deadline, so a stranger costs a hundred bytes for some seconds; what is
 * said before is never given to a decoder. CPython's `multiprocessing.connection` does the same.
 */
import { show } from "../../core/check.ts";
import { realClock } from "../../core/clock.ts";
import { AuthenticationError, EOFError } from "../../core/errors.ts";
import { type Duplex, hangUp, readExactly, writeAll } from "./frame.ts";

/** How long the other side may take to prove itself, in milliseconds. */
export const PATIENCE = 5_000;

/** A timer that comes later than so many milliseconds tells of a thread that was busy. */
const BUSY = 20;

const MAGIC = new TextEncoder().encode("quartet1");
const CHALLENGE = 32;
const PROOF = 32;
const ACCEPTED = 1;
const REFUSED = 0;

/** The secret that both sides know. */
export type AuthKey = string | Uint8Array;

/** The bytes of a key; refuses an empty one. */
export function keyBytes(key: AuthKey): Uint8Array<ArrayBuffer> {
  const isKey = typeof key === "string" || key instanceof Uint8Array;
  if (!isKey) {
    throw new TypeError(`Cannot use authkey ${show(key)}: give a string or Uint8Array`);
  }
  const bytes = typeof key === "string" ? new TextEncoder().encode(key) : key.slice();
  if (bytes.length === 0) {
    throw new RangeError("Cannot use an empty authkey: give one byte or more");
  }
  return bytes;
}

/**
 * Does the listener's part.
 *
 * @throws {AuthenticationError} if the other side answered wrong.
 * @throws {EOFError} if it left or said too little in time; the stream is closed then.
 */
export async function authenticateClient(
  duplex: Duplex,
  key: Uint8Array<ArrayBuffer>,
  patience: number = PATIENCE,
): Promise<void> {
  await within(duplex, patience, async () => {
    const challenge = crypto.getRandomValues(new Uint8Array(CHALLENGE));
    await writeAll(duplex, join(MAGIC, challenge));
    const answer = await readExactly(duplex, MAGIC.length + CHALLENGE + PROOF);
    const theirs = answer.subarray(MAGIC.length, MAGIC.length + CHALLENGE);
    const proof = answer.subarray(MAGIC.length + CHALLENGE);
    const secret = await importKey(key);
    const proven = startsWith(answer, MAGIC) &&
      await crypto.subtle.verify("HMAC", secret, proof, statement("client", challenge, theirs));
    if (!proven) {
      await writeAll(duplex, join(new Uint8Array([REFUSED]), new Uint8Array(PROOF)));
      throw new AuthenticationError("The other side does not know the key");
    }
    const ours = await crypto.subtle.sign("HMAC", secret, statement("server", challenge, theirs));
    await writeAll(duplex, join(new Uint8Array([ACCEPTED]), new Uint8Array(ours)));
  });
}

/**
 * Does the client's part.
 *
 * @throws {AuthenticationError} if the key was refused, or the listener does not know it.
 */
export async function authenticateToListener(
  duplex: Duplex,
  key: Uint8Array<ArrayBuffer>,
  patience: number = PATIENCE,
): Promise<void> {
  await within(duplex, patience, async () => {
    const greeting = await readExactly(duplex, MAGIC.length + CHALLENGE);
    if (!startsWith(greeting, MAGIC)) {
      throw new AuthenticationError("The listener does not speak this protocol");
    }
    const theirs = greeting.subarray(MAGIC.length);
    const challenge = crypto.getRandomValues(new Uint8Array(CHALLENGE));
    const secret = await importKey(key);
    const proof = await crypto.subtle.sign("HMAC", secret, statement("client", theirs, challenge));
    await writeAll(duplex, join(MAGIC, challenge, new Uint8Array(proof)));
    const verdict = await readExactly(duplex, 1 + PROOF);
    if (verdict[0] !== ACCEPTED) throw new AuthenticationError("The listener refused the key");
    const proven = await crypto.subtle.verify(
      "HMAC",
      secret,
      verdict.subarray(1),
      statement("server", theirs, challenge),
    );
    if (!proven) throw new AuthenticationError("The listener does not know the key");
  });
}

/** Runs `talk`; closes the stream when it fails or takes too long. */
async function within(duplex: Duplex, patience: number, talk: () => Promise<void>): Promise<void> {
  let late = false;
  let isLonger = false;
  const end = realClock.now() + patience;
  const expire = (): void => {
    // When this side was busy meanwhile, what was said in time may not be read yet.
    const delay = realClock.now() - end;
    if (delay > BUSY && !isLonger) {
      isLonger = true;
      timer = realClock.setTimer(expire, Math.min(delay, patience));
      return;
    }
    late = true;
    hangUp(duplex);
  };
  let timer = realClock.setTimer(expire, patience);
  try {
    await talk();
  } catch (error) {
    hangUp(duplex);
    if (error instanceof AuthenticationError) throw error;
    const what = late ? `it said too little within ${patience} ms` : "it left before it had";
    throw new EOFError(`The other side did not prove that it knows the key: ${what}`, {
      cause: error,
    });
  } finally {
    timer.cancel();
  }
}

async function importKey(key: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
}

function statement(
  role: string,
  listeners: Uint8Array,
  clients: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return join(new TextEncoder().encode(role), listeners, clients);
}

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}

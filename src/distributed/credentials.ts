/** Files of secrets, looked at before the server is asked: it could only say that it does not let this side in. */
import { AuthenticationError } from "../core/errors.ts";
import type { NatsClient } from "./client.ts";

type Core = NatsClient["core"];

/**
 * A file of credentials, as `nsc` writes it: a JWT and a seed, each in its lines.
 *
 * @throws {AuthenticationError} if it cannot be read, or is none.
 */
export async function readCredentials(core: Core, path: string): Promise<Uint8Array> {
  const text = await readFile(path, "credsFile");
  const seed = /BEGIN USER NKEY SEED-+\s+(\S+)\s/.exec(text)?.[1];
  if (!/BEGIN NATS USER JWT-+\s+\S+\s/.test(text) || seed === undefined || !isSeed(core, seed)) {
    throw new AuthenticationError(
      `Cannot use credsFile ${path}: there is no JWT with a seed in it; take the file that nsc generate creds writes`,
    );
  }
  return new TextEncoder().encode(text);
}

/**
 * The seed of an nkey.
 *
 * @throws {AuthenticationError} if it cannot be read, or is none.
 */
export async function readSeed(core: Core, path: string): Promise<Uint8Array> {
  const seed = (await readFile(path, "nkeySeedFile")).trim();
  if (!isSeed(core, seed)) {
    throw new AuthenticationError(
      `Cannot use nkeySeedFile ${path}: there is no seed in it; take the file that nk -gen user writes`,
    );
  }
  return new TextEncoder().encode(seed);
}

async function readFile(path: string, option: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new AuthenticationError(
      `Cannot use ${option} ${path}: ${error.message}; give a file that this program may read`,
      { cause: error },
    );
  }
}

/** Says so, and nothing of what is there. */
function isSeed({ nkeys }: Core, text: string): boolean {
  try {
    nkeys.fromSeed(new TextEncoder().encode(text)).clear();
    return true;
  } catch {
    return false; // the client's error could show a part of it
  }
}

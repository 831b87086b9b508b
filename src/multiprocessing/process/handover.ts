/**
 * What a child reads from its standard input when it starts, where no other process sees it: the key by which it and its
 * parent prove themselves, and what it is told about itself.
 *
 *     0     64       68
 *     ┌─────┬────────┬──────┐
 *     │ key │ length │ JSON │
 *     └─────┴────────┴──────┘
 *
 * It does not stand in the text of the child's main module: Deno keeps what it finds out about each text, so that one
 * which is the same for all children is known when they start, and one for each would fill the disk.
 */
import type { ChildStart } from "./process_identity.ts";
import { KEY_LENGTH } from "./rendezvous.ts";

/** What it is made of. */
export interface Handover {
  readonly key: Uint8Array<ArrayBuffer>;
  readonly start: ChildStart;
}

/** Its bytes. */
export function writtenHandover({ key, start }: Handover): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(start));
  const bytes = new Uint8Array(KEY_LENGTH + 4 + text.length);
  bytes.set(key);
  new DataView(bytes.buffer).setUint32(KEY_LENGTH, text.length, true);
  bytes.set(text, KEY_LENGTH + 4);
  return bytes;
}

/** Reads it in the child; `null` if its parent has ended meanwhile. */
export function readHandover(): Handover | null {
  const head = readStdin(KEY_LENGTH + 4);
  if (head === null) return null;
  const text = readStdin(new DataView(head.buffer).getUint32(KEY_LENGTH, true));
  if (text === null) return null;
  return { key: head.slice(0, KEY_LENGTH), start: JSON.parse(new TextDecoder().decode(text)) };
}

/** So many bytes; `null` if there are fewer. Waits for them: nothing else can be done before. */
function readStdin(length: number): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const read = Deno.stdin.readSync(bytes.subarray(filled));
    if (read === null) return null;
    filled += read;
  }
  return bytes;
}

/** Bytes on their way: added at the end, taken from the front. */
export class ByteBuffer {
  #bytes = new Uint8Array(1024);
  #start = 0;
  #end = 0;

  /** How many bytes it holds. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** Adds bytes at the end. */
  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Takes `count` bytes from the front, or all if there are fewer. */
  take(count: number): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(this.#start, Math.min(this.#start + count, this.#end));
    this.#start += taken.length;
    if (this.#start === this.#end) this.#start = this.#end = 0;
    return taken;
  }

  /** Where `pattern` begins, at `from` or later; -1 if it is not there. */
  indexOf(pattern: Uint8Array, from: number): number {
    const first = pattern[0]!;
    const last = this.#end - pattern.length;
    for (let at = this.#start + from; at <= last; at++) {
      at = this.#bytes.indexOf(first, at);
      if (at === -1 || at > last) return -1;
      let same = 1;
      while (same < pattern.length && this.#bytes[at + same] === pattern[same]) same++;
      if (same === pattern.length) return at - this.#start;
    }
    return -1;
  }

  /** Moves what there is to the front, into a larger room if that is not enough. */
  #makeRoom(more: number): void {
    const needed = this.size + more;
    let room = this.#bytes;
    if (needed > room.length / 2) room = new Uint8Array(Math.max(needed * 2, 1024));
    room.set(this.#bytes.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
    this.#bytes = room;
  }
}

/** 7. The messenger, step one: lines out of bytes. */

/** The lines in what a connection brings; a line ends with "\n". */
export async function* linesOf(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  for await (const piece of bytes) {
    yield decoder.decode(piece).replace("\n", "");
  }
}

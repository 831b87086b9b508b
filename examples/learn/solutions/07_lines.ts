/** 7. The messenger, step one: lines out of bytes. */

/** The lines in what a connection brings; a line ends with "\n". */
export async function* linesOf(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of bytes) {
    // `stream`: a letter of several bytes may be cut in two as well
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop()!; // its end is still to come
    yield* lines;
  }
}

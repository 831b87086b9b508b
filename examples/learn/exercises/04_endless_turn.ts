/** 4. An event loop by hand: generators in a line, each runs to its next `yield` and goes to the end. */
import { portable } from "@quartet/concurrency";

function* counter(): Generator<string, never, void> {
  for (let turn = 0;; turn++) {
    yield String(turn);
  }
}

/** Greets at each third of its turns, and is silent at the others. */
function* greeter(): Generator<string, never, void> {
  for (let turn = 0;;) {
    if (turn % 3 === 0) {
      yield "hi";
      turn++;
    }
  }
}

/** Gives turns to both by turns; returns what they said. */
export const play = portable(import.meta, function play(turns: number): string[] {
  const line = [counter(), greeter()];
  const said: string[] = [];
  for (let i = 0; i < turns; i++) {
    const first = line.shift()!;
    const { value } = first.next();
    if (value !== "") said.push(value);
    line.push(first);
  }
  return said;
});

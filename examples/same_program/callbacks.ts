/**
 * Bob and alice with callbacks, and what is wrong with them.
 *
 * Run:    deno run examples/same_program/callbacks.ts
 * Watch:  the output is right. But "bob, and then alice, and at the end both" already needs the counting below; a second
 *         step goes one level deeper; an error has no caller to go to, so each callback needs a second parameter that
 *         nobody is made to look at; and nothing can be cancelled. `await` takes all of that away: tasks.ts.
 */
type Callback = (error: Error | null, message?: string) => void;

function f(name: string, timeout: number, callback: Callback): void {
  setTimeout(() => {
    console.log("hello", name);
    callback(null, `${name} done!`);
  }, timeout);
}

const results: string[] = [];
let waiting = 2;

function collect(index: number): Callback {
  return (error, message) => {
    if (error) {
      console.error(error.message); // and the other one? It goes on, unknown to anybody.
      return;
    }
    results[index] = message!;
    if (--waiting === 0) {
      for (const result of results) console.log(result);
    }
  };
}

f("bob", 300, collect(0));
f("alice", 100, collect(1));

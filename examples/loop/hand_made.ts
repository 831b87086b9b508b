/**
 * An event loop by hand, with timers and a socket: some forty lines, and what all event loops do.
 *
 * Run:    deno run --allow-net=127.0.0.1 examples/loop/hand_made.ts
 * Watch:  a coroutine yields what it waits for: a time, or something from outside. The loop steps whatever is ready,
 *         then sleeps until the first of its triggers fires: the earliest timer, or a socket with data. An event loop
 *         is no process and no thread: it is this `while`. Python's asks the system by `select`; Deno's own loop asks
 *         it here, and a promise tells us. So I/O is not this loop's work: it is told that it is over.
 */

/** What a coroutine can wait for. */
type Wish = { readonly until: number } | { readonly io: Promise<unknown> };
// deno-lint-ignore no-explicit-any -- each `yield` gives what its own wish brings
type Coroutine<T = unknown> = Generator<Wish, T, any>;

class HandMadeLoop {
  #ready: (() => void)[] = [];
  #timers: { due: number; callback: () => void }[] = [];
  #reading = 0;
  #wake = (): void => {};

  /** Has a coroutine take a step on the next pass, and notes what it waits for then. */
  add(coroutine: Coroutine, step = () => coroutine.next()): void {
    this.#ready.push(() => {
      const { done, value: wish } = step();
      if (done) return;
      if ("until" in wish) {
        this.#timers.push({ due: wish.until, callback: () => this.add(coroutine) });
        return;
      }
      const arrived = (step: () => IteratorResult<Wish>): void => {
        this.#reading--;
        this.add(coroutine, step);
        this.#wake();
      };
      this.#reading++;
      wish.io.then(
        (value) => arrived(() => coroutine.next(value)),
        (error) => arrived(() => coroutine.throw(error)),
      );
    });
  }

  async run(): Promise<void> {
    while (this.#ready.length + this.#timers.length + this.#reading > 0) {
      for (const callback of this.#ready.splice(0)) callback();
      this.#timers.sort((a, b) => a.due - b.due);
      if (this.#ready.length === 0 && this.#timers.length + this.#reading > 0) {
        await this.#trigger(this.#timers[0]?.due ?? Infinity);
      }
      while (this.#timers[0] && this.#timers[0].due <= performance.now()) {
        this.#timers.shift()!.callback();
      }
    }
  }

  /** Sleeps until the earliest timer is due, or until something arrives. */
  #trigger(due: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (due < Infinity) setTimeout(resolve, Math.max(0, due - performance.now()));
    });
  }
}

function* sleep(ms: number): Coroutine<void> {
  yield { until: performance.now() + ms };
}

function* read(socket: Deno.Conn): Coroutine<string> {
  const buffer = new Uint8Array(100);
  const count: number | null = yield { io: socket.read(buffer) };
  return count === null ? "" : new TextDecoder().decode(buffer.subarray(0, count));
}

function* write(socket: Deno.Conn, text: string): Coroutine<void> {
  yield { io: socket.write(new TextEncoder().encode(text)) };
}

function* server(listener: Deno.Listener): Coroutine<void> {
  const socket: Deno.Conn = yield { io: listener.accept() };
  while (true) {
    const question = yield* read(socket);
    if (question === "") break;
    yield* write(socket, question.toUpperCase());
  }
  socket.close();
  listener.close();
}

function* client(port: number): Coroutine<void> {
  const socket: Deno.Conn = yield { io: Deno.connect({ hostname: "127.0.0.1", port }) };
  for (const word of ["hello", "world"]) {
    yield* write(socket, word);
    console.log("client:", yield* read(socket));
    yield* sleep(30);
  }
  socket.close();
}

function* clock(): Coroutine<void> {
  for (let tick = 1; tick <= 3; tick++) {
    yield* sleep(10 * tick);
    console.log("clock:", tick);
  }
}

if (import.meta.main) {
  const loop = new HandMadeLoop();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  loop.add(server(listener));
  loop.add(client(listener.addr.port));
  loop.add(clock());
  await loop.run();
  console.log("nobody waits for anything: the loop ends");
}

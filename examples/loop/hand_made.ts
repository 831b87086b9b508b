/**
 * An event loop by hand, with timers and a socket: about thirty lines, and what all event loops do.
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
  #ready: { coroutine: Coroutine; value?: unknown; error?: Error }[] = [];
  #timers: { until: number; coroutine: Coroutine }[] = [];
  #reading = 0;
  #wake = (): void => {};

  add(coroutine: Coroutine): void {
    this.#ready.push({ coroutine });
  }

  async run(): Promise<void> {
    while (this.#ready.length + this.#timers.length + this.#reading > 0) {
      for (const { coroutine, value, error } of this.#ready.splice(0)) {
        this.#step(coroutine, error ? coroutine.throw(error) : coroutine.next(value));
      }
      if (this.#ready.length === 0 && this.#timers.length + this.#reading > 0) {
        await this.#nextTrigger();
      }
      const now = performance.now();
      const due = this.#timers.filter(({ until }) => until <= now);
      this.#timers = this.#timers.filter(({ until }) => until > now);
      this.#ready.push(...due.toSorted((a, b) => a.until - b.until));
    }
  }

  /** Notes what a coroutine waits for, now that it has run to its next wish. */
  #step(coroutine: Coroutine, { done, value: wish }: IteratorResult<Wish, unknown>): void {
    if (done) return;
    if ("until" in wish) return void this.#timers.push({ until: wish.until, coroutine });
    this.#reading++;
    const goOn = (how: { value?: unknown; error?: Error }): void => {
      this.#reading--;
      this.#ready.push({ coroutine, ...how });
      this.#wake();
    };
    wish.io.then((value) => goOn({ value }), (error) => goOn({ error }));
  }

  /** Sleeps until the earliest timer, or until something arrives. */
  async #nextTrigger(): Promise<void> {
    const earliest = Math.min(...this.#timers.map(({ until }) => until));
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (earliest < Infinity) {
        timer = setTimeout(resolve, Math.max(0, earliest - performance.now()));
      }
    });
    clearTimeout(timer);
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

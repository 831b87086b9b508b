/** How many bytes may wait for a browser that does not take them, before it has to come again. */
const MOST_WAITING = 2 ** 26;

const encoder = new TextEncoder();

/** Server-sent events to one browser. */
export class EventStream {
  /** What the response carries. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #open = true;

  /** Calls `gone` when the browser has hung up. */
  constructor(gone: () => void) {
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#open = false;
        gone();
      },
    }, { highWaterMark: MOST_WAITING, size: (chunk) => chunk.length });
    this.#write(": hello\n\n");
  }

  /** Sends a line under its number; returns whether the browser still listens. */
  send(id: number, line: string): boolean {
    return this.#write(`id: ${id}\ndata: ${JSON.stringify(line)}\n\n`);
  }

  /** Says that nothing more will come. */
  end(): void {
    if (this.#write("event: end\ndata: \n\n")) this.#close();
  }

  #write(text: string): boolean {
    if (!this.#open) return false;
    this.#controller.enqueue(encoder.encode(text));
    if (this.#controller.desiredSize! <= 0) this.#close();
    return this.#open;
  }

  #close(): void {
    this.#open = false;
    this.#controller.close();
  }
}

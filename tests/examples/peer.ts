/** A messenger as a process, driven through its terminal or through pipes. */
import { deadline } from "@std/async";
import { Screen } from "./screen.ts";
import { ROOT, userEnvironment } from "./run_example.ts";

const MAIN = "examples/messenger/main.ts";

/** The longest wait for anything, in milliseconds. */
const PATIENCE = 60_000;

export interface PeerOptions {
  /** Whether it gets a terminal of its own, or plain pipes. */
  readonly terminal?: boolean;
  /** Where it keeps its history. */
  readonly history?: string;
  /** The program, if it is not the whole messenger. */
  readonly program?: string;
}

export class Peer implements AsyncDisposable {
  /** All that it has written. */
  text = "";
  /** What its terminal shows. */
  readonly screen: Screen = new Screen();
  readonly #child: Deno.ChildProcess;
  readonly #keys: WritableStreamDefaultWriter<Uint8Array>;
  readonly #read: Promise<unknown>;
  #changed = Promise.withResolvers<void>();

  constructor(
    args: readonly string[],
    { terminal = false, history, program: main = MAIN }: PeerOptions = {},
  ) {
    const files = history === undefined
      ? ["--allow-read=."]
      : [`--allow-read=.,${history}`, `--allow-write=${history}`];
    const command = [
      Deno.execPath(),
      "run",
      "--quiet",
      "--no-prompt",
      ...files,
      "--allow-net",
      main,
      ...args,
      ...history === undefined ? [] : ["--history", history],
    ];
    const [program, ...rest] = terminal
      ? ["script", "-qefc", `stty cols 80; ${command.join(" ")}`, "/dev/null"]
      : command;
    this.#child = new Deno.Command(program!, {
      args: rest,
      cwd: ROOT,
      clearEnv: true,
      env: userEnvironment({ SHELL: "/bin/sh", TERM: "xterm" }),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#keys = this.#child.stdin.getWriter();
    this.#read = Promise.all([this.#listen(this.#child.stdout), this.#listen(this.#child.stderr)]);
  }

  async #listen(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
      this.text += piece;
      this.screen.write(piece);
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    }
    this.#changed.resolve();
  }

  /** Presses keys. */
  async keys(text: string): Promise<void> {
    await this.#keys.write(new TextEncoder().encode(text));
  }

  /** Types a line. */
  async type(line: string): Promise<void> {
    await this.keys(`${line}\n`);
  }

  /** Closes its standard input. */
  async endInput(): Promise<void> {
    await this.#keys.close();
  }

  /** Waits until it has written what matches. */
  async until(pattern: RegExp, what = String(pattern)): Promise<RegExpExecArray> {
    return await this.untilTrue(() => pattern.exec(this.text), what);
  }

  /** Waits until something is true of it. */
  async untilTrue<T>(predicate: () => T | null | false, what: string): Promise<T> {
    const end = Date.now() + PATIENCE;
    while (true) {
      const value = predicate();
      if (value) return value;
      if (Date.now() > end) throw new Error(`${what} did not come:\n${this.text}`);
      const over = await deadline(
        Promise.race([this.#changed.promise, this.#child.status]),
        PATIENCE,
      );
      if (over !== undefined) {
        await this.#read;
        const last = predicate();
        if (last) return last;
        throw new Error(`${what} did not come before the end:\n${this.text}`);
      }
    }
  }

  /** Waits for its end; returns its exit code. */
  async ended(): Promise<number> {
    const { code } = await deadline(this.#child.status, PATIENCE);
    await this.#read;
    return code;
  }

  /** Ends it by force if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
    await this.#child.status;
    await this.#read;
    await this.#keys.abort().catch((error) => {
      if (!(error instanceof TypeError)) throw error; // it is closed
    });
  }
}

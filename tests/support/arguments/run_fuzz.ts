/** What a fuzz of one module found. */
export interface Findings {
  readonly calls: number;
  readonly wrong: string[];
}

/** So long may one call take before it is taken for one that blocks its thread for ever, in milliseconds. */
const PATIENCE = 8_000;

/** Fuzzes a module in a process of its own; one that no call gets out of is begun again behind that call. */
export async function runFuzz(module: string, signaturesFile: string): Promise<Findings> {
  const wrong: string[] = [];
  for (let passOver = 0;;) {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        new URL("./fuzz.ts", import.meta.url).href,
        module,
        signaturesFile,
        String(passOver),
      ],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let calling = "";
    let total: number | null = null;
    let watch = setTimeout(() => child.kill("SIGKILL"), 2 * PATIENCE);
    for await (const line of linesOf(child.stdout)) {
      clearTimeout(watch);
      watch = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
      if (line.startsWith("> ")) {
        calling = line.slice(2);
        passOver++;
      } else if (line.startsWith("! ")) wrong.push(line.slice(2));
      else if (line.startsWith("= ")) total = Number(line.slice(2));
    }
    clearTimeout(watch);
    await child.status;
    if (total !== null) return { calls: total, wrong };
    if (calling === "") throw new Error(`The fuzz of ${module} ended before its first call`);
    wrong.push(`${calling}: never returns, or ends the program`);
  }
}

async function* linesOf(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

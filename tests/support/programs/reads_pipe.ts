/** Reads a pipe by the platform's own `handle`, or as Node's `net` does. Nothing is to be done then, so the program ends. */
import { createMapping } from "../../../src/multiprocessing/family/mapping.ts";
import { readPipe } from "../../../src/multiprocessing/family/wake_pipes.ts";

const { process } = globalThis as unknown as { process: Parameters<typeof readPipe>[2] & object };

if (import.meta.main) {
  const mapping = createMapping(2 ** 16)!;
  const pipe = mapping.makePipe()!;
  const net = { getBuiltinModule: () => process.getBuiltinModule("node:net") };
  let told: () => void;
  readPipe(pipe.from, () => told(), Deno.args[0] === "handle" ? process : net);
  for (let i = 1; i <= 3; i++) {
    const come = new Promise<void>((resolve) => told = resolve);
    const alive = setInterval(() => {}, 1000);
    mapping.writeByte(pipe.into);
    await come;
    clearInterval(alive);
    console.log(`told ${i}`);
  }
}

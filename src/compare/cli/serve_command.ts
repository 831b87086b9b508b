import { setTimer } from "../../core/clock.ts";
import { printText } from "../../command/print_text.ts";
import { SIGNALS } from "../../command/signals.ts";
import { UsageError } from "../../command/usage_error.ts";

/** What is still running after so many milliseconds ends with the program. */
const PATIENCE = 2000;

/**
 * The port of `--serve`, 0 for any that is free; nothing where the option is not there.
 *
 * @throws {UsageError} if it is no port, or something stands beside the option.
 */
export function servePort(args: readonly string[]): number | undefined {
  const [option, ...rest] = args.flatMap((each) =>
    each.startsWith("--serve=") ? ["--serve", each.slice("--serve=".length)] : [each]
  );
  if (option !== "--serve") {
    if (!rest.includes("--serve")) return undefined;
    throw alone();
  }
  if (rest.length > 1 || rest[0]?.startsWith("--")) throw alone();
  const [port = "0"] = rest;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new UsageError(`--serve takes a port from 0 to 65535, got "${port}"`);
  }
  return Number(port);
}

function alone(): UsageError {
  return new UsageError(
    "--serve stands alone, with a port at most: its page has the other choices",
  );
}

/**
 * Serves the live view until a signal comes; returns what the shell is told then.
 *
 * @throws {UsageError} if the port cannot be had.
 */
export async function serveUntilSignal(port: number): Promise<number> {
  const { serveLive } = await import("../live/serve.ts");
  let server: ReturnType<typeof serveLive>;
  try {
    server = serveLive(port);
  } catch (error) {
    const { AddrInUse, NotCapable, PermissionDenied } = Deno.errors;
    const refused = [AddrInUse, NotCapable, PermissionDenied].some((each) => error instanceof each);
    if (!refused || !(error instanceof Error)) throw error;
    throw new UsageError(`--serve ${port} cannot be had: ${error.message}`);
  }
  using stack = new DisposableStack();
  const interrupted = new Promise<number>((resolve) => {
    for (const [signal, code] of SIGNALS) {
      const interrupt = (): void => resolve(code);
      Deno.addSignalListener(signal, interrupt);
      stack.defer(() => Deno.removeSignalListener(signal, interrupt));
    }
  });
  printText(`The models race at ${server.url} (Ctrl-C ends it)\n`);
  const code = await interrupted;
  await Promise.race([
    server[Symbol.asyncDispose](),
    new Promise<void>((resolve) => setTimer(resolve, PATIENCE)),
  ]);
  return code;
}

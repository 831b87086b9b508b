import { BrokenExecutorError } from "../../core/errors.ts";
import { SIGNALS } from "../../command/signals.ts";
import { DEFAULT_QUEUE } from "../connection_options.ts";
import { EmbeddedServer } from "../embedded_server.ts";
import type { WorkerSettings } from "./settings.ts";

/** The file beside an embedded server's store from which callers take its token. */
const TOKEN_FILE = "token";

/**
 * Takes jobs until a signal comes; returns what the shell is told then.
 *
 * The first signal has it take nothing more and end what runs, the second ends the program at once: what ran goes to another
 * worker, as after any death.
 */
export async function work(
  { connection, allow, executor, concurrency, embedded }: WorkerSettings,
): Promise<number> {
  const { serveWorker } = await import("../worker/worker_service.ts");
  await using stack = new AsyncDisposableStack();
  const server = embedded ? stack.use(await EmbeddedServer.start()) : undefined;
  if (server !== undefined) await tellOf(server);
  const service = stack.use(
    await serveWorker({
      ...connection,
      ...(server === undefined ? {} : { servers: server.servers, token: server.token }),
      allow: [...allow],
      executor,
      ...(concurrency === undefined ? {} : { concurrency }),
    }),
  );
  const { queue = DEFAULT_QUEUE } = connection;
  const { places } = service.statistics();
  console.error(`distributed: takes jobs of queue ${queue}, ${places} at once (Ctrl-C ends it)`);
  const interrupted = Promise.withResolvers<number>();
  let isEnding = false;
  for (const [signal, code] of SIGNALS) {
    const hear = (): void => {
      if (isEnding) Deno.exit(code);
      isEnding = true;
      console.error(
        "distributed: takes no more jobs and ends what runs; once more ends it at once",
      );
      interrupted.resolve(code);
    };
    Deno.addSignalListener(signal, hear);
    stack.defer(() => Deno.removeSignalListener(signal, hear));
  }
  const failed = service.drained.then(() => {
    throw new BrokenExecutorError("The worker has ended, though nobody ended it");
  });
  const code = await Promise.race([interrupted.promise, failed]);
  await service[Symbol.asyncDispose]();
  return code;
}

/** Says where the server is, and puts its token where only this user can read it. */
async function tellOf({ servers, token, folder }: EmbeddedServer): Promise<void> {
  const file = `${folder}/${TOKEN_FILE}`;
  await Deno.writeTextFile(file, `${token}\n`, { mode: 0o600 });
  console.error(`distributed: brings a server, at ${servers}; its token is in ${file}`);
}

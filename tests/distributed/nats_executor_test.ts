import "../support/leak_guard.ts";
import { executorSuite } from "../suites/executor_suite.ts";
import { NATS_VERSION, NatsServer } from "../support/nats_server.ts";
import { ServedExecutor } from "../support/served_executor.ts";

if (NATS_VERSION !== undefined) {
  const server = await NatsServer.start();
  Deno.test.afterAll(() => server[Symbol.asyncDispose]());

  for (const local of ["async", "threads", "processes"] as const) {
    executorSuite(`NatsExecutor over ${local}`, {
      make: (width) => new ServedExecutor(server.url, local, width),
      isRemote: local !== "async", // here that is this very thread
      overlaps: true,
    });
  }
}

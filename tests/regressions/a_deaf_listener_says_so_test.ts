/** An accept that fails is either waited out or ends the listener with its cause; nobody waits at a deaf one. */
import "../support/leak_guard.ts";
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { InvalidStateError } from "../../src/core/errors.ts";
import { BaseManager, Client, Listener } from "../../src/multiprocessing/mod.ts";

const authkey = "the key";

/** An error as Deno gives the system's that it has no class for. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code} (os error)`), { code });
}

/** Runs `body` while the accepts of each new listener fail first, with these errors. */
async function withFailures(errors: readonly Error[], body: () => Promise<void>): Promise<void> {
  const { listen } = Deno;
  const left = [...errors];
  const failing = (options: Deno.TcpListenOptions): Deno.Listener => {
    const listener = listen(options);
    const accept = listener.accept.bind(listener);
    listener.accept = () => {
      const error = left.shift();
      return error === undefined ? accept() : Promise.reject(error);
    };
    return listener;
  };
  Object.defineProperty(Deno, "listen", { value: failing, configurable: true });
  try {
    await body();
  } finally {
    Object.defineProperty(Deno, "listen", { value: listen, configurable: true });
  }
}

Deno.test("a want of descriptors or memory is waited out", async () => {
  const errors = ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "ECONNABORTED"].map(systemError);
  errors.push(new Deno.errors.ConnectionReset("reset"));
  await withFailures(errors, async () => {
    await using listener = new Listener({ authkey });
    const accepted = listener.accept();
    const client = await Client(listener.address, { authkey });
    const server = await accepted;
    client.close();
    server.close();
    assertEquals(listener.statistics().closed, false);
  });
});

Deno.test("a listener that waits for descriptors can be closed", async () => {
  await withFailures(Array.from({ length: 100 }, () => systemError("EMFILE")), async () => {
    await using listener = new Listener({ authkey });
    const refused = assertRejects(() => listener.accept(), InvalidStateError, "closed");
    await new Promise((resolve) => setTimeout(resolve, 0));
    listener.close();
    await refused;
  });
});

Deno.test("any other error ends the listener, and each accept tells it", async () => {
  const cause = systemError("EIO");
  await withFailures([cause], async () => {
    await using listener = new Listener({ authkey });
    for (let i = 0; i < 3; i++) {
      const error = await assertRejects(
        () => listener.accept(),
        InvalidStateError,
        "could not go on",
      );
      assertEquals(error.cause, cause);
    }
    assertEquals(listener.statistics().closed, true);
    await assertRejects(() => Client(listener.address, { authkey }));
  });
});

Deno.test("a manager whose listener ended says why", async () => {
  const cause = systemError("EIO");
  await withFailures([cause], async () => {
    await using manager = new BaseManager({ authkey });
    const error = await assertRejects(() => manager.serveForever());
    assertInstanceOf(error, InvalidStateError);
    assertEquals(error.cause, cause);
  });
});

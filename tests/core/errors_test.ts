import "../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import * as core from "../../src/core/errors.ts";

const classes = Object.entries(core).filter(([name, value]) =>
  /Error$/.test(name) && typeof value === "function"
) as [string, new (message?: string, options?: ErrorOptions) => Error][];

Deno.test("every error class has its own name, in its stack too, and is no field of its errors", () => {
  assert(classes.length >= 16);
  for (const [name, Class] of classes) {
    const cause = new Error("why");
    const error = new Class("what", { cause });
    assertInstanceOf(error, Error);
    assertEquals([error.name, error.message, error.cause], [name, "what", cause]);
    assert(error.stack!.startsWith(`${name}: what`), error.stack);
    assert(!Object.keys(error).includes("name"));
    assertEquals(String(error), `${name}: what`);
  }
});

Deno.test("errors that know more than a message tell it, and have defaults", () => {
  const exited = new core.ProcessExitedError("gone", { exitCode: -9, signal: "SIGKILL" });
  assertEquals([exited.exitCode, exited.signal], [-9, "SIGKILL"]);
  const unknown = new core.ProcessExitedError("gone");
  assertEquals([unknown.exitCode, unknown.signal], [null, null]);
  assertEquals(new core.TransferError("no", { path: "args[0]" }).path, "args[0]");
  assertEquals(new core.TransferError("no").path, "");
  const remote = new core.RemoteError("far", { remoteName: "Odd", remoteStack: "at there" });
  assertEquals([remote.remoteName, remote.remoteStack], ["Odd", "at there"]);
});

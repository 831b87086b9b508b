import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { AuthenticationError, EOFError } from "../../../src/core/errors.ts";
import { meet, Rendezvous } from "../../../src/multiprocessing/process/rendezvous.ts";

function pathOf(rendezvous: Rendezvous): string {
  const { address } = rendezvous.place;
  assert(address.transport === "unix");
  return address.path;
}

Deno.test("Rendezvous lets the child in past a silent stranger and one with another key", async () => {
  const rendezvous = new Rendezvous();
  const path = pathOf(rendezvous);
  const waiting = rendezvous.wait();
  const silent = await Deno.connect({ transport: "unix", path });
  await assertRejects(
    () => meet(rendezvous.place, crypto.getRandomValues(new Uint8Array(64))),
    EOFError,
  );
  const child = await meet(rendezvous.place, rendezvous.key);
  const parent = await waiting;
  assertEquals(await silent.read(new Uint8Array(1)), null);
  const folder = path.slice(0, path.lastIndexOf("/"));
  await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
  parent.urgent!.put(["stop", 1]);
  assertEquals(child.urgent!.take(), [["stop", 1]]);
  parent.urgent!.close();
  child.urgent!.close();
  for (const conn of [silent, child.duplex, parent.duplex]) conn.close();
});

Deno.test("a child refuses a parent that does not know its half of the key", async () => {
  const rendezvous = new Rendezvous();
  const waiting = rendezvous.wait();
  const key = rendezvous.key.slice();
  key[40] = (key[40] as number) ^ 1;
  const refused = assertRejects(() => meet(rendezvous.place, key), AuthenticationError);
  const parent = await waiting;
  await refused;
  parent.urgent!.close();
  parent.duplex.close();
});

Deno.test("the folder of a rendezvous is only this user's, and gone when it is closed", async () => {
  const rendezvous = new Rendezvous();
  const path = pathOf(rendezvous);
  const folder = path.slice(0, path.lastIndexOf("/"));
  assertEquals((await Deno.stat(folder)).mode! & 0o777, 0o700);
  rendezvous.close();
  rendezvous.close();
  await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
});

Deno.test("a parent that may not make folders meets its child over loopback", async () => {
  const script = new URL("../../support/targets/loopback_parent.ts", import.meta.url);
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-run", "--allow-net", "--allow-read", script.href],
    stderr: "inherit",
  }).output();
  assert(success);
  assertEquals(new TextDecoder().decode(stdout), "81\n");
});

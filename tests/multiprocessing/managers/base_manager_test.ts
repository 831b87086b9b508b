import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { AuthenticationError, EOFError, InvalidStateError } from "../../../src/core/errors.ts";
import { BaseManager } from "../../../src/multiprocessing/mod.ts";

const authkey = "the key";

class Account {
  balance = 0;
  #secret = "s";
  deposit(amount: number): number {
    if (amount < 0) throw new RangeError("Cannot deposit less than nothing");
    return this.balance += amount;
  }
  _audit(): string {
    return this.#secret;
  }
}

Deno.test("BaseManager serves registered objects to who connects", async () => {
  const account = new Account();
  await using server = new BaseManager({ authkey });
  server.register("Account", () => account);
  server.register("Fresh", () => new Account(), { exposed: ["deposit"] });
  server.start();
  await using client = new BaseManager({ address: server.address, authkey });
  await client.connect();
  const remote = await client.create<Account>("Account");
  assertEquals([await remote.deposit(5), await remote.deposit(2)], [5, 7]);
  assertEquals(await remote.balance(), 7);
  await assertRejects(() => remote.deposit(-1), RangeError, "less than nothing");
  await assertRejects(() => remote._audit(), InvalidStateError, "does not expose");
  const evil = remote as unknown as { constructor(): Promise<unknown> };
  await assertRejects(() => evil.constructor(), InvalidStateError);
  const fresh = await client.create<Account>("Fresh");
  assertEquals(await fresh.deposit(1), 1);
  await assertRejects(() => fresh.balance(), InvalidStateError);
  await assertRejects(() => client.create("Unknown"), InvalidStateError, "not registered");
});

Deno.test("BaseManager lets in only who knows the key", async () => {
  await using server = new BaseManager({ authkey });
  server.start();
  const stranger = new BaseManager({ address: server.address, authkey: "a guess" });
  await assertRejects(() => stranger.connect(), AuthenticationError);
  await using friend = new BaseManager({ address: server.address, authkey });
  await friend.connect();
});

Deno.test("BaseManager that is gone fails what was asked of it", async () => {
  const server = new BaseManager({ authkey });
  server.register("Slow", () => ({ wait: () => new Promise(() => {}) }));
  server.start();
  assertThrows(() => server.start(), InvalidStateError);
  await using client = new BaseManager({ address: server.address, authkey });
  await client.connect();
  const slow = await client.create<{ wait(): Promise<void> }>("Slow");
  const waiting = assertRejects(() => slow.wait(), EOFError);
  await server.shutdown();
  await waiting;
});

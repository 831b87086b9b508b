/** The small messenger: two real processes that talk through pipes. */
import "../support/leak_guard.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { freePort } from "../../examples/learn/checks/network.ts";
import { Peer } from "./peer.ts";

const SMALL = { program: "examples/messenger/small.ts" };

const freePorts = (): [string, string] => [String(freePort()), String(freePort())];

Deno.test("the small messenger carries lines both ways, and ends on both sides when one leaves", async () => {
  const [a, b] = freePorts();
  await using alice = new Peer([a, `127.0.0.1:${b}`, "alice"], SMALL);
  await alice.type("are you there?"); // before bob is
  await using bob = new Peer([b, `127.0.0.1:${a}`, "bob"], SMALL);
  await bob.until(/alice: are you there\?/);
  await bob.type("here I am 👋");
  await alice.until(/bob: here I am 👋/);
  await bob.type("to the terminal: \x1b[2J");
  await alice.until(/bob: to the terminal: \ufffd\[2J/);
  await alice.type("last words");
  await alice.endInput();
  await bob.until(/alice: last words\n\* the other one has left/);
  assertEquals([await alice.ended(), await bob.ended()], [0, 0]);
});

Deno.test("the small messenger delivers all when both have nothing more to say", async () => {
  const [a, b] = freePorts();
  await using alice = new Peer([a, `127.0.0.1:${b}`, "alice"], SMALL);
  await using bob = new Peer([b, `127.0.0.1:${a}`, "bob"], SMALL);
  for (const [peer, name] of [[alice, "a"], [bob, "b"]] as const) {
    for (let i = 0; i < 200; i++) await peer.type(`${name}${i}`);
    await peer.endInput();
  }
  assertEquals([await alice.ended(), await bob.ended()], [0, 0]);
  const heard = (peer: Peer): number => [...peer.text.matchAll(/^\w+: \w\d+$/gm)].length;
  assertEquals([heard(alice), heard(bob)], [200, 200]);
});

Deno.test("the small messenger tells wrong usage and a taken port in one line", async () => {
  for (const args of [[], ["5000"], ["5000", "nowhere", "x"], ["5000", "localhost:5001"]]) {
    await using peer = new Peer(args, SMALL);
    assertEquals(await peer.ended(), 2);
    assertMatch(peer.text, /^usage: .*\n$/);
  }
  using taken = Deno.listen({ port: 0 });
  await using peer = new Peer([String(taken.addr.port), "127.0.0.1:1", "x"], SMALL);
  assertEquals(await peer.ended(), 1);
  assertMatch(peer.text, /^.*in use.*\n$/);
});

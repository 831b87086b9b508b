/** The messenger end to end: two real processes, driven through their terminals, through pipes, and by strangers. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { decode, encode, type Frame } from "../../examples/messenger/frames.ts";
import { History } from "../../examples/messenger/history.ts";
import { Peer, type PeerOptions } from "./peer.ts";
import { Wire } from "./wire.ts";

async function listening(options?: PeerOptions): Promise<{ alice: Peer; port: number }> {
  const alice = new Peer(["--listen", "127.0.0.1:0", "--name", "alice"], options);
  const [, port] = await alice.until(/waiting on 127\.0\.0\.1:(\d+)/);
  return { alice, port: Number(port) };
}

function connecting(port: number, options?: PeerOptions): Peer {
  return new Peer(["--connect", `127.0.0.1:${port}`, "--name", "bob"], options);
}

/** Raw frames to a listening messenger, and what it returns until it cuts off. */
async function stranger(port: number, bytes: Uint8Array[]): Promise<Frame[]> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const answers: Frame[] = [];
  const reading = (async () => {
    for await (const frame of decode(conn.readable)) answers.push(frame);
  })();
  const writer = conn.writable.getWriter();
  for (const each of bytes) {
    const written = await writer.write(each).then(() => true, () => false); // cut off while writing
    if (!written) break;
  }
  await reading;
  return answers;
}

const hello = encode({ type: "hello", name: "mallory", run: "1" });

if (Deno.build.os === "linux") {
  Deno.test("a message that arrives does not tear the line that is being typed", async () => {
    const { alice: first, port } = await listening({ terminal: true });
    await using alice = first;
    await using bob = connecting(port, { terminal: true });
    await alice.until(/connected with bob/);
    await bob.until(/connected with alice/);

    await alice.keys("half a li");
    await alice.untilTrue(() => alice.screen.rows.at(-1) === "alice> half a li", "the typed text");
    await bob.type("hello 👋 from bob");
    await bob.until(/✓ hello 👋 from bob/);
    await alice.untilTrue(
      () =>
        alice.screen.rows.at(-2) === "bob: hello 👋 from bob" &&
        alice.screen.rows.at(-1) === "alice> half a li",
      "the message above the prompt",
    );
    await alice.keys("nx\x7fe\r");
    await bob.until(/alice: half a line/);
    assert(bob.screen.rows.includes("alice: half a line"));

    await bob.keys("\x03");
    assertEquals(await bob.ended(), 0);
    await alice.until(/bob has left/);
    assertEquals(await alice.ended(), 0);
  });
}

Deno.test("lines of any length and any letters arrive whole, each with its receipt", async () => {
  const { alice: first, port } = await listening();
  await using alice = first;
  await using bob = connecting(port);
  await alice.until(/connected with bob/);
  const long = "лошадь 🐎 ".repeat(30_000);
  await bob.type(long);
  await alice.untilTrue(() => alice.text.includes(`bob: ${long}\n`), "the long line");
  await bob.until(/✓ лошадь/);
  await alice.type("got it");
  await bob.until(/alice: got it/);

  await alice.type("/quit");
  assertEquals(await alice.ended(), 0);
  await bob.until(/alice has left/);
  assertEquals(await bob.ended(), 0);
});

Deno.test("the end of the input leaves once everything is delivered", async () => {
  const { alice: first, port } = await listening();
  await using alice = first;
  await using bob = connecting(port);
  await bob.until(/connected with alice/); // a peer that is not there is not waited for long
  for (let i = 0; i < 200; i++) await bob.type(`line ${i}`);
  await bob.endInput();
  assertEquals(await bob.ended(), 0);
  await alice.until(/bob has left/);
  assertEquals(await alice.ended(), 0);
  const lines = [...alice.text.matchAll(/^bob: (.*)$/gm)].map(([, line]) => line);
  assertEquals(lines, Array.from({ length: 200 }, (_, i) => `line ${i}`));
});

Deno.test("what is typed while the connection is broken is kept, and sent once it is back", async () => {
  const { alice: first, port } = await listening();
  await using alice = first;
  await using wire = new Wire(port);
  await using bob = connecting(wire.port);
  await bob.until(/connected with alice/);
  await bob.type("before");
  await bob.until(/✓ before/);

  wire.cut();
  await bob.until(/connection lost/);
  await bob.type("during 1");
  await bob.type("during 2");
  wire.mend();
  await bob.until(/✓ during 2/);
  await bob.type("after");
  await bob.until(/✓ after/);
  await alice.until(/bob: after/);
  const lines = [...alice.text.matchAll(/^bob: (.*)$/gm)].map(([, line]) => line);
  assertEquals(lines, ["before", "during 1", "during 2", "after"]);
  await bob.type("/quit");
  assertEquals([await bob.ended(), await alice.ended()], [0, 0]);
});

Deno.test("what a peer that died did not get is sent to it when it is started again", async () => {
  const { alice: first, port } = await listening();
  await using alice = first;
  {
    await using bob = connecting(port);
    await alice.until(/connected with bob/);
    await alice.type("one");
    await bob.until(/alice: one/);
    await alice.until(/✓ one/);
  } // killed
  await alice.until(/connection lost/);
  await alice.type("two");
  await using bob = connecting(port);
  await bob.until(/alice: two/);
  await alice.until(/✓ two/);
  await bob.type("I am back");
  await alice.until(/bob: I am back/);
  assert(!bob.text.includes("one"));
  await bob.type("/quit");
  assertEquals([await bob.ended(), await alice.ended()], [0, 0]);
});

Deno.test("who sends garbage or floods is cut off and told why; a third one is refused", async () => {
  const { alice: first, port } = await listening();
  await using alice = first;
  const http = new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n");
  const told = (answers: Frame[]): string => {
    const last = answers.at(-1);
    return last?.type === "cut" ? last.why : `not cut off: ${JSON.stringify(last)}`;
  };
  assertMatch(told(await stranger(port, [http])), /a frame of \d+ bytes/);
  assertMatch(told(await stranger(port, [encode({ type: "bye" })])), /no greeting/);
  const notJson = Uint8Array.of(0, 0, 0, 2, 0xff, 0xfe);
  assertMatch(told(await stranger(port, [hello, notJson])), /no JSON in UTF-8/);
  const flood = Array.from(
    { length: 5000 },
    (_, i) => encode({ type: "say", seq: i + 1, text: "spam", last: false }),
  );
  assertMatch(told(await stranger(port, [hello, ...flood])), /a flood/);
  await alice.until(/cut off mallory: a flood/);

  await using bob = connecting(port);
  await alice.until(/connected with bob/);
  assertMatch(told(await stranger(port, [hello])), /talking to somebody else/);
  await bob.type("still here");
  await alice.until(/bob: still here/);
  await alice.type("/quit");
  assertEquals([await bob.ended(), await alice.ended()], [0, 0]);
});

Deno.test("the history is kept in SQLite, with what was delivered, and shown at the next start", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/history.db`;
  {
    const { alice: first, port } = await listening({ history: file });
    await using alice = first;
    await using bob = connecting(port);
    await alice.until(/connected with bob/);
    await alice.type("remember this");
    await alice.until(/✓ remember this/);
    await bob.type("I shall");
    await alice.until(/bob: I shall/);
    await bob.type("/quit");
    await alice.ended();
  }
  {
    using history = new History(file);
    assertEquals(
      history.last(10).map(({ name, text, delivered }) => [name, text, delivered]),
      [["alice", "remember this", true], ["bob", "I shall", true]],
    );
  }
  const { alice: second } = await listening({ history: file });
  await using alice = second;
  assertMatch(alice.text, /alice: remember this\n.* bob: I shall\n/);
  await alice.type("to nobody");
  await alice.type("/quit");
  await alice.until(/1 of your lines was not delivered/);
  assertEquals(await alice.ended(), 0);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("wrong usage is told in one line, with exit code 2", async () => {
  for (
    const [args, message] of [
      [["--name", "bob"], /give one of --listen and --connect/],
      [["--listen", "5000"], /give a --name/],
      [["--connect", "5000", "--name", "bob"], /cannot read the address "5000"/],
      [["--listen", "x", "--name", "bob"], /cannot read the address "x"/],
      [["--nonsense"], /--nonsense/],
    ] as const
  ) {
    await using peer = new Peer(args);
    assertEquals(await peer.ended(), 2);
    assertMatch(peer.text, message);
    assertEquals(peer.text.trim().split("\n").length, 1);
  }
});

Deno.test("a port that is taken is told in one line, with exit code 1", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using peer = new Peer(["--listen", `127.0.0.1:${taken.addr.port}`, "--name", "alice"]);
  assertEquals(await peer.ended(), 1);
  assertMatch(peer.text, /in use/);
  assertEquals(peer.text.trim().split("\n").length, 1);
});

/// <reference lib="dom" />
/** The messenger's page: in a real browser, and against those who should not get in. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { browserTests, watchPage } from "../support/chromium.ts";
import { Page } from "../../examples/messenger/page.ts";
import { Peer } from "./peer.ts";

/** A peer with a page, and one at a terminal. */
async function talking(): Promise<{ alice: Peer; bob: Peer; url: string }> {
  const alice = new Peer(["--listen", "127.0.0.1:0", "--name", "alice", "--page"]);
  const [, url] = await alice.until(/open (http:\S+)/);
  using events = await listen(url!);
  const port = await events.until(/waiting on 127\.0\.0\.1:(\d+)/);
  return { alice, bob: new Peer(["--connect", `127.0.0.1:${port}`, "--name", "bob"]), url: url! };
}

/** What a page is sent. */
class Events implements Disposable {
  text = "";
  readonly #abort: AbortController;
  readonly #reader: ReadableStreamDefaultReader<string>;

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>, abort: AbortController) {
    this.#abort = abort;
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Reads until it matches, in one piece or across two; returns the first group. */
  async until(pattern: RegExp): Promise<string> {
    for (let fresh = this.text;;) {
      const match = pattern.exec(fresh);
      if (match) return match[1]!;
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`${pattern} did not come:\n${fresh}`);
      this.text += value;
      fresh = this.text.slice(-(value.length + 1000));
    }
  }

  [Symbol.dispose](): void {
    this.#reader.cancel().catch(() => {}); // aborted below, whatever it was reading
    this.#abort.abort();
  }
}

async function listen(url: string, headers: Record<string, string> = {}): Promise<Events> {
  const abort = new AbortController();
  const { body } = await fetch(`${url}events`, { headers, signal: abort.signal });
  return new Events(body!, abort);
}

async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

/** The status of a request whose `Host` is what it wants to be. */
async function statusFor(port: string, host: string, path: string): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await conn.write(new TextEncoder().encode(request));
  const text = await new Response(conn.readable).text();
  return text.split(" ")[1]!;
}

browserTests("the messenger's page, in a browser", {
  "what is written on the page reaches the peer, and what the peer writes is shown as text": async (
    browser,
  ) => {
    const { alice: first, bob: second, url } = await talking();
    await using alice = first;
    await using bob = second;
    const { page, complaints } = await watchPage(browser);
    await page.goto(url);
    await page.getByText("connected with bob").waitFor();

    await page.getByLabel("Your message").fill("hello 👋 <b>bob</b>");
    await page.keyboard.press("Enter");
    await bob.until(/alice: hello 👋 <b>bob<\/b>/);
    await page.getByText("✓ hello 👋").waitFor();

    const markup = `<img src=x onerror="document.title = 'taken'">`;
    await bob.type(markup);
    await page.getByText(`bob: ${markup}`).waitFor();
    assertEquals(await page.locator("#talk img").count(), 0);
    assertEquals(await page.title(), "Messenger");

    await page.reload();
    await page.getByText(`bob: ${markup}`).waitFor(); // what was said is there again
    assertEquals(await page.getByText("hello 👋").count(), 2); // said and delivered

    await page.getByRole("button", { name: "Leave" }).click();
    await bob.until(/alice has left/);
    assertEquals([await alice.ended(), await bob.ended()], [0, 0]);
    await page.locator("input:disabled").waitFor();
    assertEquals(complaints, []);
    await page.close();
  },

  "a page that is told that the peer has left takes nothing more": async (browser) => {
    const { alice: first, bob: second, url } = await talking();
    await using alice = first;
    await using bob = second;
    const { page } = await watchPage(browser);
    await page.goto(url);
    await page.getByText("connected with bob").waitFor();
    await bob.type("/quit");
    await page.getByText("bob has left").waitFor();
    await page.locator("input:disabled").waitFor();
    assertEquals([await alice.ended(), await bob.ended()], [0, 0]);
    await page.close();
  },
});

Deno.test("the page opens under its own address and this machine's name only", async () => {
  await using page = await Page.open();
  const { port, pathname, origin } = new URL(page.url);
  assertEquals(await statusOf(page.url), 200);
  assertEquals(await statusOf(`${origin}/`), 404);
  assertEquals(await statusOf(`${origin}/${crypto.randomUUID()}/events`), 404);
  assertEquals(await statusOf(`${page.url}other`), 404);
  assertEquals(await statusFor(port, `localhost:${port}`, pathname), "200");
  assertEquals(await statusFor(port, `messenger.example:${port}`, pathname), "403");
});

Deno.test("the page takes lines of its own origin only, of a length, and as many as are waited for", async () => {
  await using page = await Page.open();
  const say = (body: string, headers = {}): Promise<number> =>
    statusOf(`${page.url}lines`, { method: "POST", body, headers });
  assertEquals(await say("one\ntwo\r\n\n"), 204);
  assertEquals(await say("no", { origin: "https://elsewhere.example" }), 403);
  assertEquals(await say("x".repeat(2 ** 20 + 1)), 413);
  const lines = page.lines();
  assertEquals([(await lines.next()).value, (await lines.next()).value], ["one", "two"]);

  for (let i = 0; i < 100; i++) assertEquals(await say(`line ${i}`), 204);
  assertEquals(await say("one too many"), 429);
});

Deno.test("the page shows a browser that comes again what it has missed, and says when it is over", async () => {
  const page = await Page.open();
  page.show("one");
  page.show("two");
  using fresh = await listen(page.url);
  await fresh.until(/("two")/);
  assertStringIncludes(fresh.text, `id: 1\ndata: "one"\n\n`);
  using again = await listen(page.url, { "last-event-id": "1" });
  await again.until(/("two")/);
  assert(!again.text.includes("one"), again.text);
  page.show("three\u2028 and\nmore");
  await again.until(/(id: 3\ndata: "three\u2028 and\\nmore"\n\n)/);
  await page[Symbol.asyncDispose]();
  await again.until(/(event: end)/);
  await fresh.until(/(event: end)/);
});

Deno.test("the page keeps so many lines and so many letters for browsers that come later", async () => {
  await using page = await Page.open();
  for (let i = 1; i <= 1200; i++) page.show(`line ${i}`);
  using late = await listen(page.url);
  await late.until(/("line 1200")/);
  assert(!late.text.includes(`"line 200"`), "of 1200 the last 1000");
  assertStringIncludes(late.text, `id: 201\ndata: "line 201"`);

  for (const letter of "abc") page.show(letter.repeat(2 ** 23));
  using later = await listen(page.url);
  await later.until(/(ccc"\n\n)/);
  assert(!later.text.includes("aaa"), "of the three the last two");
  assertStringIncludes(later.text, "id: 1202\n");
});

import "../../support/leak_guard.ts";
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/command/usage_error.ts";
import { parseSettings } from "../../../src/distributed/cli/settings.ts";

const parse = (line: string, env: Record<string, string> = {}) =>
  parseSettings(line.split(" ").filter(Boolean), (name) => env[name]);

Deno.test("a worker is told where, what, how and how many", () => {
  assertEquals(
    parse(
      "worker --servers a:1,b:2 --queue q --allow file:///x/ --allow https://y/ --executor async --concurrency 4",
    ),
    {
      command: "worker",
      connection: { queue: "q", servers: ["a:1", "b:2"] },
      allow: ["file:///x/", "https://y/"],
      executor: "async",
      concurrency: 4,
      embedded: false,
    },
  );
});

Deno.test("what is not said is left to the defaults", () => {
  assertEquals(parse("status"), { command: "status", connection: {}, json: false });
  assertEquals(parse("dead list --json"), {
    command: "dead",
    deed: "list",
    ids: null,
    connection: {},
    json: true,
  });
  for (const line of ["", "--help", "-h", "worker --help", "dead -h"]) {
    assertEquals(parse(line), { command: "help" }, line);
  }
  for (const line of ["--version", "status --version"]) {
    assertEquals(parse(line), { command: "version" }, line);
  }
});

Deno.test("secrets come from files or the environment, and an argument goes before a variable", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "from a file\n");
    const env = {
      NATS_URL: "c:3",
      NATS_TOKEN: "t",
      NATS_USER: "u",
      NATS_PASSWORD: "p",
      NATS_CREDS: "x.creds",
      NATS_NKEY: "x.nk",
      NATS_CA: "ca",
      NATS_CERT: "cert",
      NATS_KEY: "key",
    };
    assertEquals(parse(`status --token-file ${file} --servers d:4 --user v`, env), {
      command: "status",
      connection: {
        servers: ["d:4"],
        token: "from a file",
        user: "v",
        pass: "p",
        credsFile: "x.creds",
        nkeySeedFile: "x.nk",
        tls: { caFile: "ca", certFile: "cert", keyFile: "key" },
      },
      json: false,
    });
  } finally {
    await Deno.remove(file);
  }
});

for (
  const [line, message] of Object.entries({
    "wroker": /command "wroker" is not known \(did you mean worker\?\): there are worker, status/,
    "worker": /worker needs --allow/,
    "worker --allow x more": /"more" is one word too many/,
    "worker --allow x --executor fibers": /--executor does not know "fibers"/,
    "worker --allow x --executor threads,async": /--executor takes one of/,
    "worker --allow x --concurrency 0": /--concurrency takes a whole number from 1, got "0"/,
    "worker --allow x --concurrency 1e3": /--concurrency takes a whole number from 1/,
    "worker --allow x --embedded --servers y": /--embedded brings a server of its own/,
    "worker --alow x": /there is no option --alow \(did you mean --allow\?\)/,
    "worker --allow": /--allow/,
    "status --allow x": /there is no option --allow/,
    "status --token s3cret": /there is no option --token \(did you mean --token-file\?\)/,
    "status --token-file /nowhere/token": /--token-file \/nowhere\/token cannot be read/,
    "status --token-file /dev/null": /--token-file \/dev\/null is empty/,
    "dead": /dead takes one of list, replay, purge/,
    "dead lits": /did you mean list/,
    "dead list a-1": /one word too many/,
    "dead list --all": /leave --all out/,
    "dead replay": /takes the ids that dead list shows, or --all/,
    "dead purge --all a-1": /takes the ids that dead list shows, or --all/,
  })
) {
  Deno.test(`wrong usage is one clear line: distributed ${line}`, () => {
    const error = assertThrows(() => parse(line), UsageError);
    assertMatch(error.message, message);
    assertEquals(error.message.includes("\n"), false);
    assertEquals(error.message.includes("s3cret"), false);
  });
}

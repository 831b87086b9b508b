import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { discoverFlags, resolvingFlags } from "../../../src/wire/rpc/start_flags.ts";

Deno.test("flags that have to do with resolving modules are given on, no others", () => {
  const flags = resolvingFlags(
    "deno run -A --config a.json --no-lock --unstable-kv --inspect --v8-flags=--expose-gc main.ts --no-npm"
      .split(" "),
  );
  assertEquals(flags, [
    "--config=a.json",
    "--no-lock",
    "--unstable-kv",
    "--v8-flags=--expose-gc",
  ]);
  assertEquals(resolvingFlags(["deno", "test", "-c=x.json", "--import-map=m.json", "t.ts"]), [
    "--config=x.json",
    "--import-map=m.json",
  ]);
});

Deno.test("the configuration is found from a folder upward", () => {
  const here = new URL(".", import.meta.url).pathname.replace(/\/$/, "");
  const root = new URL("../../../deno.json", import.meta.url).pathname;
  assertEquals(discoverFlags(here), [`--config=${root}`]);
  assertEquals(discoverFlags("/proc"), ["--no-config"]);
});

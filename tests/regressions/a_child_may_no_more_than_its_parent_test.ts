/** Real programs with few permissions and exceptions: their children have none of what they are denied themselves. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import type { ProcessPermissions } from "../../src/multiprocessing/mod.ts";

const program = new URL("../support/programs/narrow_giver.ts", import.meta.url);
/** What the library itself needs to start a child. */
const NEEDED = ["--no-prompt", "--no-config", "--no-lock", "--allow-run"];

const root = new URL("../../", import.meta.url).pathname;

/** What a child could do of `tries`; or the name of the error when none is started. */
async function given(
  flags: string[],
  permissions: ProcessPermissions | "inherit" | "none",
  ...tries: string[]
): Promise<unknown> {
  const allowed = flags.map((each) => each.split("=")[0]);
  const own = [`--allow-read=${root}`, "--allow-write", "--allow-net"]
    .filter((each) => !allowed.includes(each.split("=")[0]!));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...NEEDED, ...own, ...flags, program.href, JSON.stringify(permissions), ...tries],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(120_000),
  }).output();
  const text = new TextDecoder();
  const line = text.decode(stdout).trim();
  if (line === "") throw new Error(text.decode(stderr));
  return JSON.parse(line);
}

const REFUSED = "NotCapable";

Deno.test("a pattern of variables of which one is denied is not given", async () => {
  const flags = ["--allow-env", "--deny-env=MY_SECRET"];
  assertEquals(await given(flags, { env: ["MY*"] }, "env MY_SECRET"), REFUSED);
  assertEquals(await given(flags, { env: ["MY_A"] }, "env MY_SECRET", "env MY_A"), ["env MY_A"]);
  assertEquals(await given(flags, { env: true }, "env MY_SECRET"), REFUSED);
  assertEquals(await given(flags, "inherit", "env MY_SECRET", "env MY_A"), []);
  const some = ["--allow-env=MY*", "--deny-env=MY_SECRET"];
  assertEquals(await given(some, { env: ["MY*"] }, "env MY_SECRET"), REFUSED);
  assertEquals(await given(["--allow-env=MY_A"], { env: ["MY*"] }, "env MY_B"), REFUSED);
  assertEquals(await given(["--allow-env"], { env: ["MY*"] }, "env MY_B", "env B"), ["env MY_B"]);
});

Deno.test("a folder is not given of which a part is denied, nor what is in a denied one", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  for (const each of ["open", "shut", "shut/in"]) await Deno.mkdir(`${folder}/${each}`);
  for (const each of ["open/a", "shut/b", "shut/in/c"]) {
    await Deno.writeTextFile(`${folder}/${each}`, each);
  }
  const all = ["open/a", "shut/b", "shut/in/c"].map((each) => `read ${folder}/${each}`);
  for (const start of ["--allow-read", `--allow-read=${root},${folder}`]) {
    const flags = [start, `--deny-read=${folder}/shut`];
    assertEquals(await given(flags, { read: [folder] }, ...all), REFUSED);
    assertEquals(await given(flags, { read: [`${folder}/shut/in`] }, ...all), REFUSED);
    assertEquals(await given(flags, { read: [`${folder}/open/../shut`] }, ...all), REFUSED);
    assertEquals(await given(flags, { read: [`${folder}/open`] }, ...all), [all[0]]);
    assertEquals(await given(flags, "inherit", ...all), []);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a host is not given of which a port or an address is denied", async () => {
  const tries = ["net 127.0.0.1:80", "net 127.0.0.1:81"];
  for (const start of ["--allow-net", "--allow-net=127.0.0.1"]) {
    const flags = [start, "--deny-net=127.0.0.1:80"];
    assertEquals(await given(flags, { net: ["127.0.0.1"] }, ...tries), REFUSED);
    assertEquals(await given(flags, { net: ["127.0.0.1:81"] }, ...tries), [tries[1]]);
    assertEquals(await given(flags, { net: ["127.0.0.0/8"] }, ...tries), REFUSED);
  }
  for (const start of ["--allow-net", "--allow-net=localhost,127.0.0.2"]) {
    const flags = [start, "--deny-net=127.0.0.1"];
    assertEquals(await given(flags, { net: ["localhost:81"] }, "net localhost:81"), REFUSED);
  }
});

Deno.test("kinds and hosts of modules that are denied are not given", async () => {
  const sys = ["--allow-sys", "--deny-sys=hostname"];
  assertEquals(await given(sys, { sys: ["hostname"] }, "sys hostname"), REFUSED);
  assertEquals(await given(sys, { sys: ["osRelease"] }, "sys hostname"), []);
});

Deno.test("a child imports from no host that its parent may not import from", async () => {
  const module = new URL("../../src/multiprocessing/process/permissions.ts", import.meta.url).href;
  const flagsUnder = async (flags: string[], permissions: unknown, modules: string[] = []) => {
    const needs = JSON.stringify({ read: [], write: [], net: [], modules });
    const text = `import { permissionFlags } from ${JSON.stringify(module)};
      try { console.log(JSON.stringify(permissionFlags(${
      JSON.stringify(permissions)
    }, ${needs}))); }
      catch (error) { console.log(JSON.stringify([error.name])); }`;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--no-config",
        "--no-lock",
        "--allow-read",
        ...flags,
        `data:application/javascript,${encodeURIComponent(text)}`,
      ],
    }).output();
    const given = JSON.parse(new TextDecoder().decode(stdout)) as string[];
    return given.filter((each) => each.includes("import") || each === REFUSED);
  };
  const elsewhere = ["https://example.com/m.ts"];
  assertEquals(await flagsUnder([], "none"), []);
  assertEquals(await flagsUnder(["--deny-import"], "none"), ["--deny-import"]);
  assertEquals(await flagsUnder(["--deny-import"], "inherit"), ["--deny-import"]);
  assertEquals(await flagsUnder(["--allow-import=example.com"], "none"), ["--deny-import"]);
  assertEquals(await flagsUnder(["--allow-import=example.com:443"], "none", elsewhere), [
    "--allow-import=example.com:443",
  ]);
  assertEquals(await flagsUnder([], "none", elsewhere), [REFUSED]);
  assertEquals(await flagsUnder([], { import: ["example.com:443"] }), [REFUSED]);
});

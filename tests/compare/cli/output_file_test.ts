import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { OutputFile } from "../../../src/compare/cli/output_file.ts";
import { UsageError } from "../../../src/command/usage_error.ts";

/** A folder of its own, removed at the end. */
function ownFolder(): Disposable & { readonly path: string; left(): string[] } {
  const path = Deno.makeTempDirSync();
  return {
    path,
    left: () => [...Deno.readDirSync(path)].map(({ name }) => name).sort(),
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

const posix = { ignore: Deno.build.os === "windows" };

Deno.test("an output file is replaced as a whole, and nothing is left beside it", async () => {
  using folder = ownFolder();
  const path = `${folder.path}/a.json`;
  const output = OutputFile.check(path);
  assertEquals(folder.left(), [], "the check left a file");
  output.writeSync("one");
  await output.write("two");
  assertEquals(Deno.readTextFileSync(path), "two");
  assertEquals(folder.left(), ["a.json"]);
});

Deno.test("an output file keeps its mode", posix, () => {
  using folder = ownFolder();
  const path = `${folder.path}/a.json`;
  Deno.writeTextFileSync(path, "old", { mode: 0o600 });
  OutputFile.check(path).writeSync("new");
  assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
});

Deno.test("an output file that is a link stays one, and its target is written", posix, () => {
  using folder = ownFolder();
  const { path } = folder;
  Deno.writeTextFileSync(`${path}/real`, "old");
  Deno.symlinkSync("real", `${path}/link`);
  Deno.symlinkSync("link", `${path}/link_to_link`);
  Deno.symlinkSync("new", `${path}/dangling`);
  for (const [name, target] of [["link_to_link", "real"], ["dangling", "new"]]) {
    OutputFile.check(`${path}/${name}`).writeSync("text");
    assertEquals(Deno.lstatSync(`${path}/${name}`).isSymlink, true);
    assertEquals(Deno.readTextFileSync(`${path}/${target}`), "text");
  }
  assertEquals(folder.left(), ["dangling", "link", "link_to_link", "new", "real"]);
});

Deno.test(
  "a pipe is written to by those that wait for its reader, and left alone by those that cannot",
  posix,
  async () => {
    using folder = ownFolder();
    const path = `${folder.path}/pipe`;
    await new Deno.Command("mkfifo", { args: [path] }).output();
    const output = OutputFile.check(path);
    output.writeSync("nobody is there to read this");
    const text = "x".repeat(200_000); // more than a pipe holds
    const [read] = await Promise.all([Deno.readTextFile(path), output.write(text)]);
    assertEquals(read, text);
    assertEquals(Deno.lstatSync(path).isFifo, true);
  },
);

Deno.test("a device is written to as it is", posix, async () => {
  const output = OutputFile.check("/dev/null");
  output.writeSync("text");
  await output.write("text");
  assertEquals(Deno.statSync("/dev/null").isCharDevice, true);
  assertEquals(output.isReplaceable, false);
});

Deno.test("what cannot be written is refused before anything is measured", posix, () => {
  using folder = ownFolder();
  const { path } = folder;
  Deno.mkdirSync(`${path}/folder`);
  Deno.writeTextFileSync(`${path}/file`, "");
  Deno.symlinkSync("b", `${path}/a`);
  Deno.symlinkSync("a", `${path}/b`);
  const table = [
    ["folder", "it is a folder"],
    ["nowhere/a", "there is no folder"],
    ["file/a", "there is no folder"],
    ["a", "its links lead round in a circle"],
  ] as const;
  for (const [name, why] of table) {
    assertThrows(() => OutputFile.check(`${path}/${name}`), UsageError, why);
  }
  assertEquals(folder.left(), ["a", "b", "file", "folder"]);
});

Deno.test("- is standard output, which is written once", () => {
  const output = OutputFile.check("-");
  assertEquals([output.isStdout, output.isReplaceable], [true, false]);
});

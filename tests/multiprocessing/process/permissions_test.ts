import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { permissionFlags } from "../../../src/multiprocessing/process/permissions.ts";

const needs = { read: ["/s", "/u"], write: ["/s"], net: ["unix:/s"], modules: ["file:///e.ts"] };

Deno.test("a child inherits everything from a parent that may do everything", () => {
  assertEquals(permissionFlags(undefined, needs), ["-A"]);
  assertEquals(permissionFlags("inherit", needs), ["-A"]);
});

Deno.test("a child is given what is named, and what its channel needs", () => {
  assertEquals(permissionFlags("none", needs), [
    "--no-prompt",
    "--allow-net=unix:/s",
    "--allow-read=/s,/u",
    "--allow-write=/s",
  ]);
  assertEquals(permissionFlags({ read: true, env: ["A", "B"], net: false }, needs), [
    "--no-prompt",
    "--allow-net=unix:/s",
    "--allow-read",
    "--allow-write=/s",
    "--allow-env=A,B",
  ]);
  assertThrows(() => permissionFlags({ read: ["/a,b"] }, needs), TypeError, "comma");
  assertThrows(() => permissionFlags({ env: [""] }, needs), TypeError, "empty");
});

Deno.test("modules from elsewhere may be imported by the child that begins with them", () => {
  const flags = permissionFlags("none", { ...needs, modules: ["http://localhost:8000/m.ts"] });
  const given = flags.find((flag) => flag.startsWith("--allow-import="));
  assertEquals(given?.includes("localhost:8000") && given.includes("jsr.io:443"), true);
  const known = permissionFlags("none", { ...needs, modules: ["https://jsr.io/@a/b/mod.ts"] });
  assertEquals(known.some((flag) => flag.startsWith("--allow-import")), false);
});

Deno.test("what is no permission is refused", () => {
  assertThrows(() => permissionFlags({ nett: true } as never, needs), TypeError, "nett");
  assertThrows(() => permissionFlags({ net: [5] } as never, needs), TypeError, "permissions.net");
});

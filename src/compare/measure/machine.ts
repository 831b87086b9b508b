import type { Machine } from "./comparison.ts";

/** Describes this machine, as far as the permissions go; asks for none. */
export async function describeMachine(): Promise<Machine> {
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    cpu: await allowed("cpus") ? await processorName() : "unknown",
    cores: navigator.hardwareConcurrency,
    memoryBytes: await allowed("systemMemoryInfo") ? Deno.systemMemoryInfo().total : 0,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
  };
}

async function allowed(kind: "cpus" | "systemMemoryInfo"): Promise<boolean> {
  return (await Deno.permissions.query({ name: "sys", kind })).state === "granted";
}

async function processorName(): Promise<string> {
  const { cpus } = await import("node:os");
  return cpus()[0]?.model.trim() || "unknown";
}

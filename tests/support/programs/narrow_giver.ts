/** Starts a child with the permissions of its first argument; tells what the child could do, or why there is none. */
import { portable, Process, type ProcessPermissions } from "../../../src/multiprocessing/mod.ts";

/** Tries each: `"read /path"`, `"env NAME"`, `"net host:port"`, `"import URL"`. */
const attempt = portable(import.meta, async function attempt(tries: string[]): Promise<string[]> {
  const done: string[] = [];
  for (const each of tries) {
    const [kind, what] = each.split(" ") as [string, string];
    try {
      if (kind === "read") Deno.readTextFileSync(what);
      else if (kind === "env") Deno.env.get(what);
      else if (kind === "import") await import(what);
      else if (kind === "sys") Deno.hostname();
      else {
        const url = new URL(`http://${what}`);
        (await Deno.connect({ hostname: url.hostname, port: Number(url.port) || 80 })).close();
      }
      done.push(each);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable) && kind !== "import") done.push(each);
    }
  }
  return done;
});

if (import.meta.main) {
  const [permissions, ...tries] = Deno.args as [string, ...string[]];
  try {
    const child = new Process({
      target: attempt,
      args: [tries],
      permissions: JSON.parse(permissions) as ProcessPermissions,
    }).start();
    console.log(JSON.stringify(await child.result));
    await child.join();
  } catch (error) {
    console.log(JSON.stringify((error as Error).name));
  }
}

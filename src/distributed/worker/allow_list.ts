/**
 * Which modules a worker runs. A job names a module; whoever can write to the queue chooses the name.
 *
 * A module is allowed when
 *
 * 1. its name is an address of a file, or on http or https, as it is written when it is normal: so no `..`, no backslash, no
 *    name and password, no percent sign in the place of a dot, a slash or a zero;
 * 2. scheme, host and port are those of an allowed address, and its path is that one's or below it;
 * 3. it stands there: an address that the server of the module redirects, or a link of the file system that leads out of what
 *    is allowed, is refused before anything of it is loaded.
 */
import { show } from "../../core/check.ts";
import { RefusedError } from "../../core/errors.ts";
import type { Target } from "../../wire/codec/portable.ts";

/** What allows functions that travel as their own text. */
const INLINE = "inline:";

const SCHEMES = new Set(["file:", "http:", "https:"]);
/** A dot, a slash, a backslash or a zero that is written so that a comparison overlooks it. */
const DISGUISED = /%(?:2e|2f|5c|00)/i;

/** See the head of this file. */
export class AllowList {
  readonly #prefixes: URL[] = [];
  readonly #allowsInline: boolean;
  /** Modules that were looked at and are where they say. */
  readonly #seen = new Map<string, Promise<void>>();

  /**
   * @throws {TypeError} if it is no list of addresses.
   */
  constructor(allow: unknown) {
    if (!Array.isArray(allow)) {
      throw new TypeError(
        `Cannot use allow ${
          show(allow)
        }: give an array of the addresses below which modules may run, as [import.meta.resolve("./jobs/")]`,
      );
    }
    this.#allowsInline = allow.includes(INLINE);
    for (const each of allow) if (each !== INLINE) this.#prefixes.push(prefixOf(each));
  }

  /**
   * Ends when it is sure that the target may run.
   *
   * @throws {RefusedError} if it may not.
   */
  async permit({ module, name }: Target): Promise<void> {
    if (module === undefined) {
      if (this.#allowsInline) return;
      throw new RefusedError(
        `Cannot run function ${
          show(name)
        } here: it was sent as text, which this worker does not run; make it portable(import.meta, …) in a module below its allow`,
      );
    }
    const url = URL.canParse(module) ? new URL(module) : null;
    const prefix = url === null ? undefined : this.#prefixOf(url, module);
    if (url === null || prefix === undefined) {
      throw new RefusedError(
        `Cannot run ${show(name)} of ${
          show(module)
        } here: the module is not below what this worker allows; start it with an allow that covers it`,
      );
    }
    let seen = this.#seen.get(module);
    if (seen === undefined) {
      seen = url.protocol === "file:" ? refuseLink(url, prefix) : refuseRedirect(url);
      this.#seen.set(module, seen);
      seen.catch(() => this.#seen.delete(module));
    }
    await seen;
  }

  #prefixOf(url: URL, module: string): URL | undefined {
    if (url.href !== module || !SCHEMES.has(url.protocol)) return undefined;
    if (url.username !== "" || url.password !== "" || DISGUISED.test(url.pathname)) {
      return undefined;
    }
    return this.#prefixes.find((prefix) =>
      prefix.protocol === url.protocol && prefix.host === url.host &&
      (url.pathname === prefix.pathname || url.pathname.startsWith(below(prefix)))
    );
  }
}

/** The path below which all is allowed: `/jobs` does not allow `/jobs-of-others`. */
function below({ pathname }: URL): string {
  return pathname.endsWith("/") ? pathname : `${pathname}/`;
}

function prefixOf(text: unknown): URL {
  const refuse = (why: string): TypeError =>
    new TypeError(
      `Cannot use ${
        show(text)
      } in allow: ${why}; give an address of a file, or on http or https, or "inline:" for functions that are sent as text`,
    );
  if (typeof text !== "string" || !URL.canParse(text)) throw refuse("it is no address");
  const url = new URL(text);
  if (!SCHEMES.has(url.protocol)) throw refuse(`${url.protocol} is not allowed`);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw refuse("it is more than an address");
  }
  if (DISGUISED.test(url.pathname)) throw refuse("a part of it is disguised");
  return url;
}

async function refuseRedirect(url: URL): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, { redirect: "manual" });
    await response.body?.cancel();
  } catch (error) {
    throw new RefusedError(
      `Cannot run ${show(url.href)} here: it cannot be made sure that it is not redirected (${
        (error as Error).message
      }); let this worker reach ${url.host}`,
      { cause: error },
    );
  }
  if (response.status >= 200 && response.status < 300) return;
  const what = response.status < 400 ? "it is redirected" : `its server says ${response.status}`;
  throw new RefusedError(
    `Cannot run ${show(url.href)} here: ${what}; name the module by the address at which it stands`,
  );
}

async function refuseLink(url: URL, prefix: URL): Promise<void> {
  let path: string;
  let allowed: string;
  try {
    [path, allowed] = await Promise.all([Deno.realPath(url), Deno.realPath(prefix)]);
  } catch (error) {
    throw new RefusedError(
      `Cannot run ${show(url.href)} here: ${
        (error as Error).message
      }; the file has to be there, and this worker to be let read it`,
      { cause: error },
    );
  }
  const separator = Deno.build.os === "windows" ? "\\" : "/";
  const inside = allowed.endsWith(separator) ? allowed : allowed + separator;
  if (path === allowed || path.startsWith(inside)) return;
  throw new RefusedError(
    `Cannot run ${
      show(url.href)
    } here: it is a link that leads out of what this worker allows; allow what it leads to`,
  );
}

/**
 * A registry in JSR's layout on the loopback interface, so that "import from JSR" is tested for real.
 *
 *     /@scope/name/meta.json              which versions there are
 *     /@scope/name/0.1.0_meta.json        the files with their checksums, and the exports
 *     /@scope/name/0.1.0/src/queue/…      the files
 *
 * Deno takes the registry's address from `JSR_URL`. What is served is what `deno publish` would upload:
 * the files that deno.json includes, with the names of its import map written out.
 */
import { root } from "./source_tree.ts";

interface PackageConfig {
  readonly name: string;
  readonly version: string;
  readonly exports: Record<string, string>;
  readonly imports?: Record<string, string>;
  readonly links?: readonly string[];
  readonly publish?: { readonly include: readonly string[] };
}

/** What an address answers. */
interface Answer {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** The running registry; disposing it closes the server. */
export class JsrRegistry implements AsyncDisposable {
  readonly #answers: ReadonlyMap<string, Answer>;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** The paths that were asked for, in order. */
  readonly asked: string[] = [];

  private constructor(answers: ReadonlyMap<string, Answer>) {
    this.#answers = answers;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(new URL(request.url).pathname),
    );
  }

  /** Serves this project, and the packages that it links to. */
  static async start(): Promise<JsrRegistry> {
    const answers = new Map<string, Answer>();
    const config = await publish(root, answers);
    for (const link of config.links ?? []) await publish(new URL(`${link}/`, root), answers);
    return new JsrRegistry(answers);
  }

  /** The address for `JSR_URL`. */
  get url(): string {
    return `http://${this.host}/`;
  }

  /** The address for `--allow-import`, where JSR's own needs none. */
  get host(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  #answer(path: string): Response {
    this.asked.push(path);
    const answer = this.#answers.get(path);
    if (answer === undefined) return new Response("no such file", { status: 404 });
    return new Response(answer.body, { headers: { "content-type": answer.type } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Adds the answers for the package in `folder`. */
async function publish(folder: URL, answers: Map<string, Answer>): Promise<PackageConfig> {
  const config: PackageConfig = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", folder)),
  );
  const base = `/${config.name}`;
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const path of files(folder, config.publish?.include ?? ["."])) {
    const text = await Deno.readTextFile(new URL(path, folder));
    const body = new TextEncoder().encode(writeOut(text, config.imports ?? {}));
    manifest[`/${path}`] = { size: body.length, checksum: await checksum(body) };
    answers.set(`${base}/${config.version}/${path}`, { body, type: typeOf(path) });
  }
  const json = (path: string, value: unknown): void => {
    const body = new TextEncoder().encode(JSON.stringify(value));
    answers.set(`${base}/${path}`, { body, type: "application/json" });
  };
  const [scope, name] = config.name.slice(1).split("/");
  json("meta.json", { scope, name, latest: config.version, versions: { [config.version]: {} } });
  json(`${config.version}_meta.json`, { manifest, exports: config.exports });
  return config;
}

/** The files that `include` names, folders with all that is below them. */
function files(folder: URL, include: readonly string[]): string[] {
  return include.flatMap((path) => {
    if (!Deno.statSync(new URL(path, folder)).isDirectory) return [path];
    const below = path === "." ? "" : `${path}/`;
    return [...Deno.readDirSync(new URL(path === "." ? "./" : below, folder))]
      .flatMap((entry) => files(folder, [below + entry.name]));
  });
}

/** `text` with each name of the import map in an import replaced by what it stands for. */
function writeOut(text: string, imports: Record<string, string>): string {
  return text.replace(
    /(\bfrom\s*|\bimport\s*\(?\s*)"(@[^"/]+\/[^"/]+|[a-z][\w.-]*)((?:\/[^"]*)?)"/g,
    (whole, lead: string, name: string, rest: string) =>
      name in imports ? `${lead}"${imports[name]}${rest}"` : whole,
  );
}

async function checksum(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return `sha256-${new Uint8Array(await crypto.subtle.digest("SHA-256", body)).toHex()}`;
}

function typeOf(path: string): string {
  if (path.endsWith(".ts")) return "text/typescript";
  if (path.endsWith(".json")) return "application/json";
  return "text/plain";
}

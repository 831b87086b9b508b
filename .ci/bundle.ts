/**
 * Makes the scripts of `src/compare/assets`: D3 for the pictures, and what the pages run. Each is one file that
 * stands in the repository, so that nothing has to be built or fetched where the package is used, from JSR either.
 *
 * Run: deno task bundle
 */
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);

/** What is made: a file of `src/compare/assets`, from where, and how the bundled code stands in it. */
export interface Asset {
  readonly file: string;
  readonly entry: string;
  readonly wrap: (code: string) => string | Promise<string>;
}

export const ASSETS: readonly Asset[] = [
  { file: "d3.js", entry: "src/compare/report/svg/d3_entry.ts", wrap: asLazyModule },
  {
    file: "page_script.js",
    entry: "src/compare/report/page/main.ts",
    wrap: (code) => asText(code, "PAGE_SCRIPT"),
  },
  {
    file: "live_script.js",
    entry: "src/compare/live/page/main.ts",
    wrap: (code) => asText(code, "LIVE_SCRIPT"),
  },
];

/** D3's licence asks for this beside each copy. */
const LICENCE = `Contains D3 (https://d3js.org), Copyright 2010-2023 Mike Bostock:
Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies. THE SOFTWARE IS
PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED
WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT,
OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION
OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS
SOFTWARE.`;

interface Graph {
  readonly roots: readonly string[];
  readonly modules: readonly {
    readonly specifier: string;
    readonly local?: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
  }[];
}

/** A short name for all that goes into an asset: its modules here, and the versions of its packages; types do not. */
export async function sourceHash({ entry }: Asset): Promise<string> {
  const { roots, modules }: Graph = JSON.parse(await deno("info", "--json", entry));
  const known = new Map(modules.map((each) => [each.specifier, each]));
  const reached = new Set(roots);
  for (const specifier of reached) {
    for (const { code } of known.get(specifier)?.dependencies ?? []) {
      if (code?.specifier !== undefined) reached.add(code.specifier);
    }
  }
  const parts = [...reached].map((specifier) => {
    const local = known.get(specifier)?.local;
    return specifier.startsWith(root.href) && local !== undefined
      ? `${specifier.slice(root.href.length)}\n${
        Deno.readTextFileSync(local).replaceAll("\r\n", "\n")
      }`
      : specifier;
  });
  const text = new TextEncoder().encode(parts.sort().join("\n"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", text)).toHex().slice(0, 16);
}

/** Where an asset stands. */
export function assetUrl({ file }: Asset): URL {
  return new URL(`src/compare/assets/${file}`, root);
}

async function make(asset: Asset): Promise<void> {
  const code = await deno(
    ...["bundle", "--quiet", "--platform", "browser", "--minify", "--format", "esm", asset.entry],
  );
  const header =
    `// Made by \`deno task bundle\` from ${asset.entry}: sources ${await sourceHash(asset)}\n` +
    `/*! ${LICENCE} */\n`;
  await Deno.writeTextFile(assetUrl(asset), header + await asset.wrap(code));
}

/** A module whose code runs when somebody asks for it. */
function asLazyModule(code: string): string {
  const exported = /export\s*\{([^}]*)\};?\s*$/.exec(code);
  if (exported === null) throw new Error("The bundle exports nothing at its end");
  const names = exported[1]!.split(",").map((each) => {
    const [inner, outer = inner] = each.split(" as ").map((name) => name.trim());
    return `${outer}:${inner}`;
  });
  return `// @ts-self-types="./d3.d.ts"\nlet loaded;\n` +
    `export function loadD3() {\n  return loaded ??= evaluate();\n}\n` +
    `function evaluate() {\n${code.slice(0, exported.index)}\nreturn {${names.join(",")}};\n}\n`;
}

/** A module that has the code as text, for a page, and the hash by which a page allows that script alone. */
async function asText(code: string, name: string): Promise<string> {
  // Inside of a page's script element, these would end it, or make it end later.
  const text = `\n/*! ${LICENCE} */\n${code.trim()}\n`.replaceAll(/<(?=\/?script|!--)/gi, "\\x3C");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `// @ts-self-types="./${name.toLowerCase()}.d.ts"\n` +
    `export const ${name}_HASH = ${JSON.stringify(new Uint8Array(digest).toBase64())};\n` +
    `export const ${name} = ${JSON.stringify(text)};\n`;
}

async function deno(...args: string[]): Promise<string> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: fileURLToPath(root),
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`deno ${args[0]} exited with ${code}`);
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  const picked = Deno.args.length === 0
    ? ASSETS
    : ASSETS.filter(({ file }) => Deno.args.includes(file));
  for (const asset of picked) {
    await make(asset);
    console.log(`${asset.file}: ${Deno.statSync(assetUrl(asset)).size} bytes`);
  }
}

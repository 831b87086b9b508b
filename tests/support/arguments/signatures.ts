/** What the public functions, constructors and methods take, read from the sources by `deno doc`. */

/** What a parameter is for, as far as its type tells. */
export type Kind =
  | "number"
  | "string"
  | "function"
  | "options"
  | "wait"
  | "bound"
  | "iterable"
  | "any";

/** One parameter. */
export interface Parameter {
  readonly name: string;
  readonly kind: Kind;
  /** Whether `null` is among its types. */
  readonly nullable: boolean;
  readonly rest: boolean;
}

/** A class as its source file declares it; `constructs` is `null` where it has no constructor of its own. */
export interface ClassSignature {
  readonly constructs: Parameter[] | null;
  /** Under `name` or `static name`; setters as `set name`. Accessors that only read are left out. */
  readonly members: Record<string, Parameter[]>;
}

/** Everything that a folder of `src` exports, under `folder/Name`. */
export interface Signatures {
  readonly functions: Record<string, Parameter[]>;
  readonly classes: Record<string, ClassSignature>;
}

interface TsType {
  readonly repr?: string;
  readonly kind?: string;
  readonly value?: unknown;
}

interface Param {
  readonly kind: string;
  readonly name?: string;
  readonly tsType?: TsType;
  readonly left?: Param;
  readonly arg?: Param;
}

interface Declaration {
  readonly kind: string;
  readonly def: {
    readonly params?: Param[];
    readonly constructors?: { readonly params: Param[] }[];
    readonly methods?: {
      readonly name: string;
      readonly kind: string;
      readonly isStatic?: boolean;
      readonly accessibility?: string;
      readonly jsDoc?: { readonly tags?: { readonly kind: string }[] };
      readonly functionDef: { readonly params: Param[] };
    }[];
  };
}

interface Doc {
  readonly nodes: Record<
    string,
    { readonly symbols: { readonly name: string; readonly declarations: Declaration[] }[] }
  >;
}

/** Reads the signatures of the given folders of `src`. */
export async function readSignatures(src: URL, folders: readonly string[]): Promise<Signatures> {
  const files: string[] = [];
  for (const folder of folders) {
    for (const path of walk(new URL(`${folder}/`, src))) files.push(path);
  }
  const { stdout, success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...files],
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const doc = JSON.parse(new TextDecoder().decode(stdout)) as Doc;
  const functions: Record<string, Parameter[]> = {};
  const classes: Record<string, ClassSignature> = {};
  for (const [file, { symbols }] of Object.entries(doc.nodes)) {
    const folder = file.slice(src.href.length).split("/")[0];
    for (const { name, declarations } of symbols) {
      for (const { kind, def } of declarations) {
        const key = `${folder}/${name}`;
        if (kind === "function") functions[key] = longer(functions[key], def.params ?? []);
        else if (kind === "class") classes[key] = classSignature(def);
      }
    }
  }
  return { functions, classes };
}

function* walk(folder: URL): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    if (entry.isDirectory) yield* walk(new URL(`${entry.name}/`, folder));
    else if (entry.name.endsWith(".ts")) yield new URL(entry.name, folder).href;
  }
}

function classSignature(def: Declaration["def"]): ClassSignature {
  const members: Record<string, Parameter[]> = {};
  for (const { name, kind, isStatic, accessibility, jsDoc, functionDef } of def.methods ?? []) {
    if (name.startsWith("[") || kind === "getter" || accessibility !== undefined) continue;
    if (jsDoc?.tags?.some((tag) => tag.kind === "internal" || tag.kind === "ignore")) continue;
    const key = `${isStatic ? "static " : kind === "setter" ? "set " : ""}${name}`;
    members[key] = longer(members[key], functionDef.params);
  }
  return { constructs: def.constructors?.[0]?.params.map(parameter) ?? null, members };
}

/** Of several overloads the one with the most parameters stands for all. */
function longer(known: Parameter[] | undefined, params: Param[]): Parameter[] {
  const these = params.map(parameter);
  return known !== undefined && known.length >= these.length ? known : these;
}

function parameter(param: Param): Parameter {
  if (param.kind === "assign") return parameter(param.left!);
  if (param.kind === "rest") return { ...parameter(param.arg!), rest: true, kind: "any" };
  const types = param.tsType?.kind === "union"
    ? param.tsType.value as TsType[]
    : [param.tsType ?? {}];
  const name = param.name ?? "?";
  const kinds = new Set(types.map((type) => kindOf(type, name)));
  kinds.delete("any");
  const [only] = kinds;
  return {
    name,
    kind: kinds.size === 1 && types.every((type) => isNothing(type) || kindOf(type, name) === only)
      ? only!
      : "any",
    nullable: types.some((type) => type.repr === "null"),
    rest: false,
  };
}

function isNothing(type: TsType): boolean {
  return type.repr === "null" || type.repr === "undefined";
}

function kindOf(type: TsType, name: string): Kind {
  const repr = type.repr ?? "";
  if (repr === "number" || repr === "string") return repr;
  if (type.kind === "fnOrConstructor" || /(Function|Hook|Handler|Callback)$/.test(repr)) {
    return "function";
  }
  if (/^(WaitOptions|UntimedWait)$/.test(repr)) return "wait";
  if (repr === "WaitBound") return "bound";
  if (type.kind === "intersection" && name === "options") return "wait";
  if (/(Options|Settings)$/.test(repr)) return "options";
  if (name === "options" && /^(Pick|Omit|Partial)?$/.test(repr)) return "options";
  if (/^(Iterable|Inputs)$/.test(repr)) return "iterable";
  return "any";
}

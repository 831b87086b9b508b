/** The page of a stop, taken apart. */

/** The folder that `deno.json` stands in. */
export const ROOT = new URL("../../", import.meta.url);
const STOPS = new URL("stops/", import.meta.url);

/** One stop of the tour. */
export class Page {
  readonly number: number;
  readonly title: string;
  /** The name of its files, without `.md` and `.ts`. */
  readonly name: string;
  /** What it explains. */
  readonly text: string;
  /** The question before the program is run. */
  readonly question: string;
  /** The flags of `deno run`, which are the least permissions. */
  readonly flags: readonly string[];
  /** What the program wrote when the page was made. */
  readonly output: string;
  /** Why it wrote that. */
  readonly why: string;
  /** What is said before the change, and after it. */
  readonly before: string;
  readonly after: string;
  /** The line to change, what it becomes, and what the program wrote then. */
  readonly change: { readonly from: string; readonly to: string; readonly output: string };

  constructor(name: string, markdown: string) {
    this.name = name;
    const [intro, predict, run, change, ...more] = markdown.split(/^## .*$/m);
    const [, number, title] = /^# (\d+)\. (.*)$/m.exec(intro!) ?? [];
    if (number === undefined || change === undefined || more.length > 0) {
      throw new SyntaxError(`${name}.md: a page has a numbered title and three parts`);
    }
    this.number = Number(number);
    this.title = title!;
    this.text = intro!.slice(intro!.indexOf("\n") + 1).trim();
    this.question = predict!.trim();

    const command = block(run!, "sh").trim();
    const [, flags] = /^deno run (.*)examples\/tour\/stops\/(?:\w+)\.ts$/.exec(command) ?? [];
    if (flags === undefined || !command.endsWith(`${name}.ts`)) {
      throw new SyntaxError(`${name}.md: cannot read the command ${command}`);
    }
    this.flags = flags.split(" ").filter((flag) => flag !== "");
    this.output = block(run!, "text");
    this.why = afterBlock(run!, "text");

    const diff = /^-(.*)\n\+(.*)\n$/.exec(block(change!, "diff"));
    if (diff === null) throw new SyntaxError(`${name}.md: the change is not of one line`);
    this.before = change!.slice(0, change!.indexOf("```diff")).trim();
    this.after = afterBlock(change!, "text");
    this.change = { from: diff[1]!.trim(), to: diff[2]!.trim(), output: block(change!, "text") };
  }

  /** All stops, in order. */
  static async readAll(): Promise<Page[]> {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(STOPS)) {
      if (name.endsWith(".md")) names.push(name.slice(0, -".md".length));
    }
    return await Promise.all(
      names.sort().map(async (name) =>
        new Page(name, await Deno.readTextFile(new URL(`${name}.md`, STOPS)))
      ),
    );
  }

  /** Where the program is, from the project's folder. */
  get program(): string {
    return `examples/tour/stops/${this.name}.ts`;
  }

  /** The program with the one line changed, and the number of that line. */
  async changed(): Promise<{ source: string; line: number }> {
    const source = await Deno.readTextFile(new URL(this.program, ROOT));
    const { from, to } = this.change;
    const at = source.split("\n").flatMap((line, i) => line.trim() === from ? [i] : []);
    if (at.length !== 1) {
      throw new SyntaxError(
        `Cannot change ${this.program}: "${from}" is there ${at.length} times; ` +
          "undo your changes with git checkout",
      );
    }
    return { source: source.replace(from, () => to), line: at[0]! + 1 };
  }
}

/** The inside of the first code block in `language`. */
function block(markdown: string, language: string): string {
  const inside = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(markdown)?.[1];
  if (inside === undefined) throw new SyntaxError(`a page lacks a block of ${language}`);
  return inside;
}

/** What stands behind the first code block in `language`. */
function afterBlock(markdown: string, language: string): string {
  const fenced = "```" + language + "\n" + block(markdown, language) + "```";
  return markdown.slice(markdown.indexOf(fenced) + fenced.length).trim();
}

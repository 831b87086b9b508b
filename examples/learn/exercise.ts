/** An exercise: a page, a program that is wrong, its tests, and a solution. */

/** The folder that `deno.json` stands in. */
export const ROOT = new URL("../../", import.meta.url);
const PAGES = new URL("pages/", import.meta.url);

/** One exercise, by its page. */
export class Exercise {
  readonly number: number;
  readonly title: string;
  /** The name of its files, without `.md` and `.ts`. */
  readonly name: string;
  /** What there is to do. */
  readonly text: string;
  /** What its tests are permitted, as flags of `deno test`. */
  readonly flags: readonly string[];
  readonly hints: readonly string[];

  constructor(name: string, markdown: string) {
    this.name = name;
    const [text, check, hints] = markdown.split(/^## .*$/m);
    const [, number, title] = /^# (\d+)\. (.*)$/m.exec(text!) ?? [];
    const [, flags] = /^deno test (.*) examples\/learn\/checks\/\w+\.ts -- mine$/m
      .exec(check ?? "") ?? [];
    if (number === undefined || flags === undefined || hints === undefined) {
      throw new SyntaxError(`${name}.md: a page has a numbered title, its command and hints`);
    }
    this.number = Number(number);
    this.title = title!;
    this.text = text!.slice(text!.indexOf("\n") + 1).trim();
    this.flags = flags.split(" ");
    this.hints = hints.split(/^\d+\. /m).slice(1).map((hint) => hint.trim().replace(/\n +/g, "\n"));
  }

  /** All exercises, in order. */
  static async readAll(): Promise<Exercise[]> {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(PAGES)) names.push(name.slice(0, -".md".length));
    return await Promise.all(
      names.sort().map(async (name) =>
        new Exercise(name, await Deno.readTextFile(new URL(`${name}.md`, PAGES)))
      ),
    );
  }

  /** Where its program is, from the project's folder. */
  pathIn(folder: string): string {
    return `examples/learn/${folder}/${this.name}.ts`;
  }

  /** The arguments for `deno` that check the program in the folder. */
  checkOf(folder: string): string[] {
    const check = `examples/learn/checks/${this.name}.ts`;
    return ["test", "--quiet", "--no-prompt", ...this.flags, check, "--", folder];
  }
}

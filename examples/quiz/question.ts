/** A question of the quiz, by its part of the page. */

/** The folder that `deno.json` stands in. */
export const ROOT = new URL("../../", import.meta.url);

const OPTION = /^- \*\*([abc])\)\*\* ((?:.|\n {2})*)$/gm;

/** One question. */
export class Question {
  readonly number: number;
  readonly title: string;
  /** What is asked. */
  readonly text: string;
  /** The program that it is about. */
  readonly code: string | null;
  /** The possible answers, by their letters. */
  readonly options: ReadonlyMap<string, string>;
  /** The letter of the right one. */
  readonly right: string;
  readonly why: string;

  constructor(markdown: string) {
    const [head, answer] = markdown.split("<details>\n<summary>Answer</summary>\n");
    const [, number, title] = /^(\d+)\. (.*)$/m.exec(head!) ?? [];
    const [, right, why] = /^\*\*([abc])\)\*\* (.*?)\n\n<\/details>/ms.exec(answer ?? "") ?? [];
    if (number === undefined || right === undefined) {
      throw new SyntaxError("a question has a numbered title and an answer");
    }
    this.number = Number(number);
    this.title = title!;
    this.code = /^```ts\n(.*?)^```$/ms.exec(head!)?.[1] ?? null;
    this.options = new Map([...head!.matchAll(OPTION)].map(([, letter, text]) => [letter!, text!]));
    const end = head!.search(/^(?:```ts|- \*\*a\))/m);
    this.text = head!.slice(head!.indexOf("\n"), end).trim();
    this.right = right;
    this.why = why!;
  }

  /** All questions of the page, in order. */
  static async readAll(): Promise<Question[]> {
    const page = await Deno.readTextFile(new URL("README.md", import.meta.url));
    return page.split(/^## /m).slice(1).map((part) => new Question(part));
  }

  /** The permissions that its program names in its first line. */
  get flags(): string[] {
    return /^\/\/ deno run (.*)\n/.exec(this.code ?? "")?.[1]?.split(" ") ?? [];
  }
}

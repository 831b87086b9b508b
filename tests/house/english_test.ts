/** Holds comments and docs to plain present English: the words that were someone's dialect do not come back. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { sourceFiles } from "../support/source_tree.ts";

/** What is not written in comments, and what is written instead. */
const DIALECT: readonly { pattern: RegExp; instead: string }[] = [
  { pattern: /\banswers\b (?!to\b|a (?:client|question)|(?:the )?questions)/i, instead: "returns" },
  { pattern: /\bis the answer\b|\banswers? (?:a )?promises?\b/i, instead: "returns" },
  {
    pattern: /\b(?:who|whoever|those who|everyone who|nobody who|one who) waits?\b/i,
    instead: "the waiter",
  },
  { pattern: /\bwhence\b/i, instead: "where … from" },
  { pattern: /\bin vain\b/i, instead: "what happens then" },
  { pattern: /\b(?:he|his|him)\b/, instead: "it, or the noun" },
  { pattern: /\bat the most\b/i, instead: "at most" },
  { pattern: /\btime is over\b/i, instead: "the timeout has passed" },
  { pattern: /\bHow it stands\b/, instead: "Returns a snapshot of …" },
  { pattern: /\bstops to (?:listen|wait|read)\b/i, instead: "stops listening" },
];

Deno.test("comments of src are written in plain present English", () => {
  const broken: string[] = [];
  for (const file of sourceFiles("src")) {
    // What is blank in the code and not in the text is comment.
    const code = file.code.split("\n");
    file.text.split("\n").forEach((line, at) => {
      const comment = [...line].map((char, i) => code[at]?.[i] === char ? " " : char).join("");
      for (const { pattern, instead } of DIALECT) {
        if (pattern.test(comment)) {
          broken.push(
            `${file.path}:${at + 1}: ${line.trim()}   (${pattern.source}: write ${instead})`,
          );
        }
      }
    });
  }
  assertEquals(broken, []);
});

Deno.test("the names of tests and the READMEs are written so as well", () => {
  const broken: string[] = [];
  const look = (path: string, at: number, text: string): void => {
    for (const { pattern, instead } of DIALECT) {
      if (pattern.test(text)) broken.push(`${path}:${at}: ${text.trim()}   (write ${instead})`);
    }
  };
  for (const { path, text } of sourceFiles("tests")) {
    text.split("\n").forEach((line, at) => {
      const name = /\b(?:test|natsTest)\([`"](.*)[`"],/.exec(line);
      if (name !== null) look(path, at + 1, name[1]!);
    });
  }
  for (const path of ["README.md", "src/README.md"]) {
    const text = Deno.readTextFileSync(new URL(`../../${path}`, import.meta.url));
    text.split("\n").forEach((line, at) => look(path, at + 1, line));
  }
  assertEquals(broken, []);
});

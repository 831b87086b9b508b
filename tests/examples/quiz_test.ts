/** Holds the quiz to what is true: the right answer is what the program prints, and the wrong ones are not. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { pooledMap } from "@std/async";
import { Question, ROOT } from "../../examples/quiz/question.ts";
import { atTerminal } from "./at_terminal.ts";
import { commandOf, runExample } from "./run_example.ts";

const AT_ONCE = 2;
const QUIZ = "examples/quiz/main.ts";
const questions = await Question.readAll();
const programs = questions.filter(({ code }) => code !== null);
const folder = `examples/quiz/.state-${crypto.randomUUID()}`;
const printed = new Map<number, string>();

Deno.test.beforeAll(async () => {
  await Deno.mkdir(new URL(folder, ROOT));
  await Array.fromAsync(pooledMap(AT_ONCE, programs, async ({ number, code, flags }) => {
    const path = `${folder}/question_${number}.ts`;
    const header = `/**\n * deno run ${[...flags, path].join(" ")}\n */\n`;
    await Deno.writeTextFile(new URL(path, ROOT), header + code);
    const { code: exitCode, stderr, text } = await runExample(path);
    assertEquals({ exitCode, stderr }, { exitCode: 0, stderr: "" }, path);
    printed.set(number, text.trim().split(/\s+/).join(" "));
  }));
});

Deno.test.afterAll(() => Deno.remove(new URL(folder, ROOT), { recursive: true }));

Deno.test("there are thirty questions, each with three answers, one of them right, and a reason", () => {
  assertEquals(questions.map(({ number }) => number), Array.from({ length: 30 }, (_, i) => i + 1));
  for (const { number, text, options, right, why } of questions) {
    assertEquals([...options.keys()], ["a", "b", "c"], `${number}`);
    assertEquals(new Set(options.values()).size, 3, `${number}`);
    assert(options.has(right) && why.length > 20 && text.length > 5, `${number}`);
  }
  assert(programs.length >= 15, "half of them can be run");
});

for (const { number, title, options, right } of programs) {
  Deno.test(`question ${number}, ${title}: the program prints the right answer`, () => {
    const prints = `\`${printed.get(number)}\``;
    assertEquals(options.get(right), prints);
    assertEquals([...options.values()].filter((text) => text === prints).length, 1);
  });
}

Deno.test("no letter is right much more often than another", () => {
  for (const letter of "abc") {
    const count = questions.filter(({ right }) => right === letter).length;
    assert(count >= 5 && count <= 15, `${letter}: ${count} times`);
  }
});

/** The quiz in a folder of its own, so that what the developer has got right stays as it is. */
async function inACopy(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "quartet quiz " });
  try {
    for (
      const name of [
        "quiz/README.md",
        "quiz/main.ts",
        "quiz/question.ts",
        "tour/child.ts",
        "tour/command.ts",
      ]
    ) {
      await Deno.mkdir(`${folder}/examples/${name.split("/")[0]}`, { recursive: true });
      await Deno.copyFile(new URL(`examples/${name}`, ROOT), `${folder}/examples/${name}`);
    }
    const progress = "examples/tour/progress.ts";
    await Deno.copyFile(new URL(progress, ROOT), `${folder}/${progress}`);
    await Deno.writeTextFile(`${folder}/deno.json`, "{}");
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** One that needs nothing but the language. */
const plain = programs.find(({ code }) => !code!.includes("import "))!;

Deno.test("quiz shows a question, what its program prints, and the reason, with nobody at the keyboard", async () => {
  await inACopy(async (cwd) => {
    const { code, stderr, text } = await runExample(QUIZ, { args: [String(plain.number)], cwd });
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertStringIncludes(text, plain.text);
    assertMatch(text, /The program prints:\nmade\nbegun\n1\n/);
    assertStringIncludes(text, `Answer: ${plain.right})`);
    assertMatch(text, /Right so far: 0 of 30/);
  });
});

if (Deno.build.os === "linux") {
  Deno.test("quiz asks at a terminal, says no to a wrong answer, and counts the right ones", async () => {
    const wrong = [...plain.options.keys()].find((letter) => letter !== plain.right)!;
    await inACopy(async (cwd) => {
      for (const [reply, verdict, count] of [[wrong, "No", 0], [plain.right, "Right", 1]]) {
        const { code, text } = await atTerminal(QUIZ, [String(plain.number)], cwd, [
          ["Your answer", `${reply}\r`],
        ]);
        assertEquals(code, 0, text);
        assertStringIncludes(text, `${verdict}: ${plain.right})`);
        assertStringIncludes(text, `Right so far: ${count} of 30`);
      }
    });
  });
}

Deno.test("quiz tells wrong usage in one line, with exit code 2", async () => {
  for (const wrong of [["31"], ["x"], ["1", "2"]]) {
    const { code, stderr } = await runExample(QUIZ, { args: wrong });
    assertEquals(code, 2);
    assertMatch(stderr, /usage: deno task quiz/);
    assertEquals(stderr.trim().split("\n").length, 1);
  }
});

Deno.test("the task is the command that the header of the quiz names", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const [run, , , ...rest] = await commandOf(QUIZ);
  assertEquals(tasks.quiz.command, ["deno", run, ...rest].join(" "));
});

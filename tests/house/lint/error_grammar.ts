/**
 * The project's own lint rule: one grammar for the messages of errors.
 *
 * - What the caller did wrong (a wrong argument, a wrong state, a value that cannot cross) reads
 *   `Cannot <do it>: <why>; <way out>`. The way out may be missing where there is none.
 * - What happened (a timeout, a cancel, an end) is a sentence that begins with a capital letter.
 * - No full stop at the end: the console and a chain of causes put messages into lines of their own.
 *
 * Only what stands in the source can be checked: a message that is handed on is checked where it is written.
 */

/** Errors that tell the caller what was wrong with the call. */
const CALLERS = /(?:^|\.)(?:TypeError|RangeError|InvalidStateError|NotOwnerError|TransferError)$/;
/** All others, but for those of a command line, which speak to its user in sentences of their own. */
const ANY = /(?:^|\.)(?!UsageError$)\w*(?:Error|ExceptionGroup)$/;

/** What is wrong with a message, as far as its text is known; `null` if nothing is. */
export function fault(name: string, message: string): string | null {
  if (!ANY.test(name)) return null;
  if (/\.$/.test(message) && !/\.\.\.$/.test(message)) return "it ends with a full stop";
  if (CALLERS.test(name) && !/^Cannot \S[^]*: \S/.test(message)) {
    return "it does not read `Cannot <do it>: <why>; <way out>`";
  }
  if (/^[a-z]/.test(message)) return "it does not begin with a capital letter";
  return null;
}

/** The text of a string or template, with `X` for what is put in; `null` if it is no such thing, or begins with what is handed on. */
function textOf(node: Deno.lint.Node | undefined): string | null {
  if (node?.type === "Literal") return typeof node.value === "string" ? node.value : null;
  if (node?.type !== "TemplateLiteral" || node.quasis[0]?.cooked === "") return null;
  return node.quasis.map((part) => part.cooked).join("X");
}

const plugin: Deno.lint.Plugin = {
  name: "quartet",
  rules: {
    "error-grammar": {
      create(context) {
        if (!context.filename.includes("/src/")) return {};
        return {
          NewExpression(node): void {
            const name = context.sourceCode.getText(node.callee);
            const message = textOf(node.arguments[0]);
            const wrong = message === null ? null : fault(name, message);
            if (wrong === null) return;
            context.report({
              node,
              message: `The message of this ${name} is not in our grammar: ${wrong}`,
            });
          },
        };
      },
    },
  },
};

export default plugin;

/** What a scanner of source text skips over. */
type Kind = "comment" | "string" | "template" | "regex";

/** What may stand before a slash that begins a regular expression rather than divides. */
const BEFORE_REGEX =
  /(?:^|[(,=:[!&|?{};+>~^*%-]|\b(?:return|typeof|case|in|of|yield|await|throw))\s*$/;

/**
 * `text` with its comments, and with `strings` the insides of strings and regular expressions too,
 * replaced by spaces. Lines and columns stay where they were.
 */
export function blank(text: string, { strings }: { strings: boolean }): string {
  const out = text.split("");
  const templates: number[] = []; // depth of braces at which each open `${` ends
  let depth = 0;
  let at = 0;

  const wipe = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (out[i] !== "\n") out[i] = " ";
  };
  const skip = (kind: Kind, end: number): void => {
    if (kind === "comment") wipe(at, end);
    else if (strings) wipe(at + 1, end - 1);
    at = end;
  };
  /** From just behind a backtick or a closing brace to the next `${` or the closing backtick. */
  const template = (): void => {
    const from = at;
    while (at < text.length) {
      if (text[at] === "\\") at++;
      else if (text[at] === "`") break;
      else if (text.startsWith("${", at)) {
        templates.push(depth++);
        break;
      }
      at++;
    }
    if (strings) wipe(from, at);
    at += text[at] === "$" ? 2 : 1;
  };

  while (at < text.length) {
    const char = text[at]!;
    if (text.startsWith("//", at)) skip("comment", indexOr(text, "\n", at));
    else if (text.startsWith("/*", at)) skip("comment", indexOr(text, "*/", at + 2) + 2);
    else if (char === '"' || char === "'") skip("string", closing(text, char, at + 1) + 1);
    else if (char === "`") {
      at++;
      template();
    } else if (char === "{") {
      depth++;
      at++;
    } else if (char === "}") {
      depth--;
      at++;
      if (templates.at(-1) === depth) {
        templates.pop();
        template();
      }
    } else if (char === "/" && BEFORE_REGEX.test(text.slice(Math.max(0, at - 40), at))) {
      skip("regex", regexEnd(text, at + 1));
    } else at++;
  }
  return out.join("");
}

function indexOr(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found < 0 ? text.length : found;
}

function closing(text: string, quote: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== quote && text[at] !== "\n") {
    at += text[at] === "\\" ? 2 : 1;
  }
  return at;
}

/** Just behind the closing slash; one inside a class `[…]` does not close. */
function regexEnd(text: string, from: number): number {
  let inClass = false;
  let at = from;
  while (at < text.length && text[at] !== "\n" && (inClass || text[at] !== "/")) {
    if (text[at] === "\\") at++;
    else if (text[at] === "[") inClass = true;
    else if (text[at] === "]") inClass = false;
    at++;
  }
  return at + 1;
}

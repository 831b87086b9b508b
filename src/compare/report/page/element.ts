/// <reference lib="dom" />

/** Makes an element. Text is text: nothing in it becomes markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A button that does something. */
export function button(
  words: string,
  label: string,
  press: () => void,
): HTMLButtonElement {
  const made = element("button", { type: "button", "aria-label": label, title: label }, words);
  made.addEventListener("click", press);
  return made;
}

/** A button that is on or off, with a coloured mark where it stands for one. */
export function toggle(
  words: string,
  mark: string | undefined,
  change: (on: boolean) => void,
): HTMLButtonElement {
  const made = element("button", { type: "button", "aria-pressed": "true", class: "toggle" });
  if (mark !== undefined) made.append(element("i", { class: mark, "aria-hidden": "true" }));
  made.append(words);
  made.addEventListener("click", () => {
    const on = made.getAttribute("aria-pressed") !== "true";
    made.setAttribute("aria-pressed", String(on));
    change(on);
  });
  return made;
}

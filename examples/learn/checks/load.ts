/** Loads the program that is to be checked: of the folder that the command names (`mine`, `exercises` or `solutions`). */
export async function load<M>(name: string): Promise<M> {
  return await import(pathOf(name));
}

/** Where that program is. */
export function pathOf(name: string): string {
  const [folder = "exercises"] = Deno.args;
  return new URL(`../${folder}/${name}.ts`, import.meta.url).href;
}

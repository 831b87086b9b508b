/** A disk that takes nothing more, as this process sees it: what is written fails, and what takes no room does not. */

/** Fills it; disposing makes room. What this process says of it meanwhile is collected in `said`, and not printed. */
export function fullDisk(): Disposable & { readonly said: string[] } {
  const { writeSync } = Deno.FsFile.prototype;
  const { error } = console;
  const said: string[] = [];
  Deno.FsFile.prototype.writeSync = () => {
    throw new Error("No space left on device (os error 28)");
  };
  console.error = (...words: unknown[]) => void said.push(words.join(" "));
  return {
    said,
    [Symbol.dispose]() {
      Deno.FsFile.prototype.writeSync = writeSync;
      console.error = error;
    },
  };
}

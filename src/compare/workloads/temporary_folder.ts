/** A folder that is gone when it is disposed of, or when the program ends. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes one; its name begins with `prefix`. */
export function temporaryFolder(prefix: string): TemporaryFolder {
  const path = Deno.makeTempDirSync({ prefix }); // a wait here would leave a moment for the program to end in
  const remove = (): void => Deno.removeSync(path, { recursive: true });
  addEventListener("unload", remove); // an interrupt ends the program without any other cleaning up
  return {
    path,
    [Symbol.asyncDispose]: () => {
      removeEventListener("unload", remove);
      remove();
      return Promise.resolve();
    },
  };
}

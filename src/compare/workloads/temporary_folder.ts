import { PrivateFolder } from "../../multiprocessing/process/private_folder.ts";

/** A folder that goes with what uses it, with the program, or after one that was killed with the next that makes one. */
export interface TemporaryFolder extends Disposable {
  readonly path: string;
}

/** Makes one, which is empty. */
export function temporaryFolder(): TemporaryFolder {
  const owned = new PrivateFolder();
  const path = `${owned.path}/in`;
  Deno.mkdirSync(path);
  return { path, [Symbol.dispose]: () => owned.close() };
}

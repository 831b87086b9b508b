/** 6. The size of a folder with all that is in it, a few folders at a time. */
import type { Executor } from "@quartet/concurrency/futures";

/** A folder on a slow disk. */
export interface Folder {
  /** Reads it: the size of its files, and its folders. */
  read(): Promise<{ size: number; folders: Folder[] }>;
}

/** The size of all; the pool limits how many folders are read at once. */
export async function totalSize(pool: Executor, folder: Folder): Promise<number> {
  // Only the reading is a job. Waiting for the folders inside takes no worker of the pool.
  const { size, folders } = await pool.submit(() => folder.read());
  const sizes = await Promise.all(folders.map((each) => totalSize(pool, each)));
  return sizes.reduce((sum, each) => sum + each, size);
}

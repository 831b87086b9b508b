import type { WorkloadSize } from "./workload_size.ts";
import { temporaryFolder } from "./temporary_folder.ts";
import type { Workload } from "./workload.ts";
import { writeAndRead } from "./write_and_read.ts";

/** Files: each task writes one of `size` bytes into a folder of its own, and reads it again. */
export function file({ tasks = 100, size = 64 * 1024, delay = 0 }: WorkloadSize): Workload {
  return {
    name: "file",
    kind: "mixed",
    run: writeAndRead,
    inputs: Array.from({ length: tasks }, (_, number) => number),
    open() {
      const folder = temporaryFolder();
      return Promise.resolve({
        inputs: Array.from({ length: tasks }, (_, number) => ({
          folder: folder.path,
          number,
          size,
          delay,
        })),
        async check(count?: number) {
          let found = 0;
          for await (const { name } of Deno.readDir(folder.path)) {
            await Deno.remove(`${folder.path}/${name}`);
            found++;
          }
          if (count !== undefined && found !== count) {
            throw new Error(`There are ${found} files instead of ${count}`);
          }
        },
        [Symbol.asyncDispose]: () => Promise.resolve(folder[Symbol.dispose]()),
      });
    },
  };
}

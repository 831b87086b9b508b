import type { Surroundings, Workload } from "./workload.ts";
import { loadModel } from "../models/load_model.ts";
import { downloadPicture, type PictureOrder } from "./picture.ts";
import { PICTURE_DELAY, PICTURE_SIZE, pictureBytes, pictureName, site } from "./picture_site.ts";
import type { WorkloadSize } from "./workload_size.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** Waiting: the course's download of pictures, from a site on this machine that takes its time. */
export function io(
  { tasks = 10, size = PICTURE_SIZE, delay = PICTURE_DELAY }: WorkloadSize,
): Workload {
  return {
    name: "io",
    python: "io",
    kind: "io",
    run: downloadPicture,
    inputs: Array.from({ length: tasks }, (_, n) => n),
    open: () => openGallery(tasks, size, delay),
  };
}

/** Starts the site in a process of its own, and makes a folder for the pictures. */
async function openGallery(tasks: number, size: number, delay: number): Promise<Surroundings> {
  await using stack = new AsyncDisposableStack();
  stack.use(await withoutProxy());
  const open = await loadModel(await mayRunDeno() ? "processes" : "threads");
  const executor = stack.use(open(1));
  const port = await executor.submit(site.startSite, size, delay);
  stack.defer(async () => await executor.submit(site.stopSite));
  const { path: folder } = stack.use(temporaryFolder());
  const inputs: PictureOrder[] = Array.from({ length: tasks }, (_, n) => ({
    url: `http://127.0.0.1:${port}/320/240?picture=${n}`,
    folder,
  }));
  const all = stack.move();
  return {
    inputs,
    check: (count) => checkPictures(folder, size, count),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Compares every picture in the folder byte for byte with what the site has, and removes it. */
async function checkPictures(
  folder: string,
  size: number,
  count: number | undefined,
): Promise<void> {
  let found = 0;
  for await (const { name } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    const picture = await Deno.readFile(path);
    const number = Number.parseInt(name);
    const expected = pictureBytes(number, size);
    if (
      name !== pictureName(number) || picture.length !== expected.length ||
      picture.some((byte, i) => byte !== expected[i])
    ) {
      throw new Error(`${name} is not the picture that the site sent`);
    }
    await Deno.remove(path);
    found++;
  }
  if (count !== undefined && found !== count) {
    throw new Error(`There are ${found} pictures instead of ${count}`);
  }
}

/** Takes this machine out of what goes through a proxy, for this process and those that it starts. */
async function withoutProxy(): Promise<Disposable> {
  const name = "NO_PROXY";
  const { state } = await Deno.permissions.query({ name: "env", variable: name });
  const before = state === "granted" ? Deno.env.get(name) : undefined;
  if (state === "granted") Deno.env.set(name, [before, "127.0.0.1"].filter(Boolean).join());
  return {
    [Symbol.dispose]: () => {
      if (state !== "granted") return;
      if (before === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before);
    },
  };
}

async function mayRunDeno(): Promise<boolean> {
  const status = await Deno.permissions.query({ name: "run", command: Deno.execPath() });
  return status.state === "granted";
}

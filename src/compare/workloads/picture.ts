/** The work of the `io` workload. Lean, because every worker that does it loads this module. */
import { portable } from "../../wire/codec/portable.ts";

/** A picture to download. */
export interface PictureOrder {
  readonly url: string;
  /** The folder that it is written to. */
  readonly folder: string;
}

/**
 * Downloads one picture into a file: waiting, and next to no computing.
 *
 * The file is named as the site names the picture after its redirect.
 */
export const downloadPicture: (order: PictureOrder) => Promise<[string, number]> = portable(
  import.meta,
  async function downloadPicture({ url, folder }: PictureOrder): Promise<[string, number]> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const picture = new Uint8Array(await response.arrayBuffer());
    const name = response.url.slice(response.url.lastIndexOf("/") + 1);
    await Deno.writeFile(`${folder}/${name}`, picture);
    return [name, picture.length];
  },
);

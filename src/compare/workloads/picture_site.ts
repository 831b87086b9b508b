import { setTimer } from "../../core/clock.ts";
import { portable } from "../../wire/codec/portable.ts";

/** How long the site takes for one picture, in milliseconds. */
export const PICTURE_DELAY = 200;

/** The size of every picture, in bytes. */
export const PICTURE_SIZE = 24_000;

/** The marks at both ends of a JPEG; no picture has fewer bytes. */
const MARKS = 6;

/** The bytes of picture `n`: the marks of a JPEG around noise that differs for each. */
export function pictureBytes(n: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(size, MARKS));
  let state = (n + 1) >>> 0;
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  bytes.set([0xff, 0xd8, 0xff, 0xe0], 0);
  bytes.set([0xff, 0xd9], bytes.length - 2);
  return bytes;
}

/** The name that the site gives to picture `n`. */
export function pictureName(n: number): string {
  return `${n}_320_240.jpg`;
}

let server: Deno.HttpServer<Deno.NetAddr> | undefined;

/**
 * The site of the pictures. It is started in a process of its own, so that no model that is measured
 * can hold it up, and its CPU time is in no figure.
 *
 *     GET /320/240?picture=3  -> 302 to /cache/3_320_240.jpg -> after the delay the picture
 */
export const site: {
  startSite(size: number, delay: number): number;
  stopSite(): Promise<void>;
} = portable(import.meta, {
  /** Starts it on a free port of this machine and returns the port. */
  startSite(size: number, delay: number): number {
    server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {}, // the port is what it has to say
    }, (request) => answer(request, size, delay));
    return server.addr.port;
  },

  /** Stops it; nothing of it is left. */
  async stopSite(): Promise<void> {
    await server?.shutdown();
    server = undefined;
  },
});

async function answer(request: Request, size: number, delay: number): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/320/240") {
    const location = `/cache/${pictureName(Number(searchParams.get("picture")))}`;
    return new Response(null, { status: 302, headers: { location } });
  }
  const number = pathname.match(/^\/cache\/(\d+)_320_240\.jpg$/)?.[1];
  if (number === undefined) return new Response("no such picture", { status: 404 });
  await new Promise<void>((resolve) => setTimer(resolve, delay));
  return new Response(pictureBytes(Number(number), size), {
    headers: { "content-type": "image/jpeg" },
  });
}

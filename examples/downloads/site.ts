/**
 * The site of the downloads, on this machine: `/320/240` leads to a picture of its own, which takes a while to come.
 */

/** The site while it runs. */
export interface Site extends AsyncDisposable {
  /** Where a picture is found; each time another one. */
  readonly url: string;
  /** The most requests for pictures that were in flight at once. */
  readonly mostAtOnce: number;
}

/** A small picture: what begins and ends a JPEG file, and nothing in between. */
const PICTURE = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, ...new Array(1000).fill(0), 0xff, 0xd9);

/** Serves pictures on a free port of the loopback, each after `delay` milliseconds. */
export function openSite({ delay = 200 } = {}): Site {
  let pictures = 0;
  let inFlight = 0;
  let most = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    if (new URL(request.url).pathname === "/320/240") {
      const location = `/cache/${++pictures}_320_240.jpg`;
      return new Response(null, { status: 302, headers: { location } });
    }
    most = Math.max(most, ++inFlight);
    await new Promise((resolve) => setTimeout(resolve, delay));
    inFlight--;
    return new Response(PICTURE, { headers: { "content-type": "image/jpeg" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/320/240`,
    get mostAtOnce() {
      return most;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

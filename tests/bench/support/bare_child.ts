/** A child without a library: connects to the socket in its argument and returns what the second argument says. */
const [path, task] = Deno.args;
const conn = await Deno.connect({ transport: "unix", path: path! });
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const chunk = new Uint8Array(1 << 16);

if (task === "json") {
  let end = 0;
  for (;;) {
    const read = await conn.read(chunk.subarray(end));
    if (read === null) break;
    end += read;
    if (end < 4) continue;
    const length = new DataView(chunk.buffer).getUint32(0, true);
    if (end < 4 + length) continue;
    end = 0;
    const body = encoder.encode(
      JSON.stringify(JSON.parse(decoder.decode(chunk.subarray(4, 4 + length)))),
    );
    const frame = new Uint8Array(4 + body.length);
    new DataView(frame.buffer).setUint32(0, body.length, true);
    frame.set(body, 4);
    await writeAll(frame);
  }
} else if (task!.startsWith("take ")) {
  // Answers with a byte when so many bytes have come.
  const most = Number(task!.slice(5));
  for (let left = most;;) {
    const read = await conn.read(chunk);
    if (read === null) break;
    left -= read;
    if (left > 0) continue;
    left += most;
    await writeAll(new Uint8Array(1));
  }
} else {
  const length = Number(task);
  for (;;) {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const read = await conn.read(bytes.subarray(filled));
      if (read === null) Deno.exit();
      filled += read;
    }
    await writeAll(bytes);
  }
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

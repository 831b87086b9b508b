/** The limit of what a process costs here: a child, a Unix socket, and nothing else. */
const script = new URL("./bare_child.ts", import.meta.url).href;

/** The near end. */
export interface BareSocket {
  readonly conn: Deno.Conn;
  close(): Promise<unknown>;
}

/** Starts a child that does `task`. */
export async function bareSocket(task: string): Promise<BareSocket> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/socket`;
  const listener = Deno.listen({ transport: "unix", path });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", "--no-config", script, path, task],
  }).spawn();
  const conn = await listener.accept();
  listener.close();
  await Deno.remove(folder, { recursive: true });
  return {
    conn,
    close: () => {
      conn.close();
      return child.status;
    },
  };
}

import { DatabaseSync } from "node:sqlite";

/** A line that was said. */
export interface Entry {
  readonly at: string;
  readonly name: string;
  readonly text: string;
  /** Whether the peer has shown it; what the peer said is delivered. */
  readonly delivered: boolean;
}

/** What was said, in a SQLite file. */
export class History implements Disposable {
  readonly #db: DatabaseSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`CREATE TABLE IF NOT EXISTS messages (
      id INTEGER PRIMARY KEY,
      at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
      name TEXT NOT NULL,
      text TEXT NOT NULL,
      delivered INTEGER NOT NULL
    )`);
  }

  /** Keeps a line; returns its number. */
  add(name: string, text: string, delivered: boolean): number {
    const { lastInsertRowid } = this.#db
      .prepare("INSERT INTO messages (name, text, delivered) VALUES (?, ?, ?)")
      .run(name, text, delivered ? 1 : 0);
    return Number(lastInsertRowid);
  }

  /** Notes that the peer has shown the line. */
  delivered(id: number): void {
    this.#db.prepare("UPDATE messages SET delivered = 1 WHERE id = ?").run(id);
  }

  /** The last `count` lines, the oldest first. */
  last(count: number): Entry[] {
    const rows = this.#db
      .prepare("SELECT at, name, text, delivered FROM messages ORDER BY id DESC LIMIT ?")
      .all(count);
    return rows.reverse().map((row) => ({
      at: String(row.at),
      name: String(row.name),
      text: String(row.text),
      delivered: row.delivered === 1,
    }));
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

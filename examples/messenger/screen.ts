/** Where a user reads and writes: a terminal, or a page. */
export interface Screen {
  /** Shows a line. What came from outside cannot steer it. */
  show(line: string): void;
  /** What the user writes, line by line, until the user leaves. */
  lines(): AsyncGenerator<string, void, void>;
}

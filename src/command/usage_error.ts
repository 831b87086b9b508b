/** The command was called wrongly; the message is one line. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The signals that end the command, and what the shell is told then: 128 and the signal's number. */
export const SIGNALS: readonly (readonly [Deno.Signal, code: number])[] =
  Deno.build.os === "windows"
    ? [["SIGINT", 130]]
    : [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]];

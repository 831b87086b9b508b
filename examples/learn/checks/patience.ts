/**
 * How long a check waits for what comes at once in a program that is right, in milliseconds. `deno test … -- mine 60000`
 * waits longer, for a machine that has much else to do.
 */
export const PATIENCE = Number(Deno.args[1] ?? 8000);

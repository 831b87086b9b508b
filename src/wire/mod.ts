/** How anything travels. Not exported from the package. */
export * from "./authentication.ts";
export * from "./bytes.ts";
export * from "./channel.ts";
export * from "./frame.ts";
export * from "./portable.ts";
export * from "./transport.ts";

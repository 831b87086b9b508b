/** How anything travels. Not exported from the package. */
export * from "./portable.ts";
export * from "./transport.ts";

/** Memory that every thread can see. Not exported from the package. */
export * from "./handle.ts";

import type { Door } from "./frames.ts";

/** What both threads know. */
export interface Settings {
  /** How this user is called. */
  readonly name: string;
  /** Names this run of the program, so that the peer knows it again after a break. */
  readonly run: string;
  readonly hostname: string;
  readonly port: number;
  /** Whether it waits for the peer, or goes to it. */
  readonly listens: boolean;
}

/** What the threads tell the main thread. */
export type News =
  | { readonly kind: "listening"; readonly hostname: string; readonly port: number }
  | { readonly kind: "connected"; readonly name: string }
  | { readonly kind: "lost" }
  | { readonly kind: "said"; readonly name: string; readonly text: string }
  | { readonly kind: "delivered"; readonly line: number }
  | { readonly kind: "left"; readonly name: string }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "notice"; readonly text: string };

export type { Door };

/** The pauses between attempts to reach the peer, in milliseconds. */
export const PAUSES = [100, 200, 400, 800, 1600, 3000] as const;
/** A link on which nothing came for so long is lost. */
export const SILENCE = 15_000;
/** How often a link that has nothing to say says so. */
export const HEARTBEAT = 4_000;
/** How long a stranger may take to say who it is. */
export const PATIENCE = 5_000;

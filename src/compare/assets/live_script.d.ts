/** What the page of the live view runs; see `live/page/`. */
export const LIVE_SCRIPT: string;

/** Its SHA-256 in base64, as a Content-Security-Policy names it. */
export const LIVE_SCRIPT_HASH: string;

/** What the page of a comparison runs; see `report/page/`. */
export const PAGE_SCRIPT: string;

/** Its SHA-256 in base64, as a Content-Security-Policy names it. */
export const PAGE_SCRIPT_HASH: string;

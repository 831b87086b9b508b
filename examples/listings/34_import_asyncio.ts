/**
 * 34: asyncio comes with the library: an import is all that is needed.
 *
 * Python: examples/python/34_import_asyncio.py
 * Run:    deno run examples/listings/34_import_asyncio.ts
 * Watch:  no third-party package is loaded, and no permission is asked for.
 */
import * as asyncio from "@quartet/concurrency/asyncio";

const modules = { asyncio };
for (const name of Object.keys(modules)) console.log(name);

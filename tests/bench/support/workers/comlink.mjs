// deno-lint-ignore-file no-import-prefix -- peers belong to the benchmarks alone
import * as Comlink from "npm:comlink@4";
import { identity, primes } from "./functions.js";

Comlink.expose({ identity, primes });

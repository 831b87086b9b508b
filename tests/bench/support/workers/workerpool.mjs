// deno-lint-ignore-file no-import-prefix -- peers belong to the benchmarks alone
import workerpool from "npm:workerpool@10";
import { identity, primes } from "./functions.js";

workerpool.worker({ identity, primes });

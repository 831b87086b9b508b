import workerpool from "npm:workerpool@10";
import { identity, primes } from "./functions.js";

workerpool.worker({ identity, primes });

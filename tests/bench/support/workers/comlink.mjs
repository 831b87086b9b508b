import * as Comlink from "npm:comlink@4";
import { identity, primes } from "./functions.js";

Comlink.expose({ identity, primes });

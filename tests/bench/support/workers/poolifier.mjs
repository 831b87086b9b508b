import { ThreadWorker } from "npm:poolifier-web-worker@0.5";
import { identity, primes } from "./functions.js";

export default new ThreadWorker({
  identity: (data) => identity(data.value),
  primes: (data) => primes(data.value),
});

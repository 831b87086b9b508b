import { identity, primes } from "./functions.js";

export { identity, primes };
export default identity;

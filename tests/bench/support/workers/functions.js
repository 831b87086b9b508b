// What every library's worker offers.
export const identity = (value) => value;

export function primes(limit) {
  let found = 0;
  for (let n = 2; n < limit; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d++) {
      if (n % d === 0) {
        isPrime = false;
        break;
      }
    }
    if (isPrime) found++;
  }
  return found;
}

/**
 * Turns an error that is on its way out of a block into one of another class: the same object.
 *
 * `await using` neither shows a disposer the error that leaves its block nor lets it be replaced; a disposer that throws
 * makes a `SuppressedError` of both. Python's `async with timeout()` turns the `CancelledError` that
 * leaves the block into a `TimeoutError`. The error is ours, made for this one delivery, so it can be turned into what
 * Python would throw in its place.
 */
export function retypeError(
  error: Error,
  type: new (message?: string) => Error,
  message: string,
): void {
  const before = `${error.name}${error.message === "" ? "" : `: ${error.message}`}`;
  const model = new type(message);
  const stack = error.stack ?? "";
  error.cause = new (error.constructor as new (message?: string) => Error)(error.message);
  Object.setPrototypeOf(error, type.prototype);
  if (Object.hasOwn(error, "name")) error.name = model.name;
  error.message = message;
  error.stack = `${model.name}: ${message}${
    stack.startsWith(before) ? stack.slice(before.length) : `\n${stack}`
  }`;
}

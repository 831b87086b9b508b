/** The items of something that another process has, as they are when the first is asked for. */
export async function* each<T>(
  fetch: () => Promise<Iterable<T>>,
): AsyncGenerator<T, void, undefined> {
  yield* await fetch();
}

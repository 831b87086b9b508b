/**
 * A short name for results: the first half of the SHA-256 of their JSON, so that other languages can make it, too.
 *
 * - What JSON has no word for gets one: cycles, `bigint`, `Map`, `Set`, bytes, errors, functions.
 * - Classes are left aside, since they do not cross to other threads: what counts is the data.
 *
 * @returns `null` if the results are nested too deeply to be looked at.
 */
export async function checksumOf(results: readonly unknown[]): Promise<string | null> {
  let text: string;
  try {
    text = JSON.stringify(plain(results, []));
  } catch (error) {
    if (error instanceof RangeError) return null; // the stack, or a text longer than a string can be
    throw error;
  }
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex().slice(0, 16);
}

/** A value as JSON can hold it; `within` is what it stands in. */
function plain(value: unknown, within: object[]): unknown {
  switch (typeof value) {
    case "bigint":
      return `${value}n`;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "symbol":
      return String(value);
    case "function":
      return `function ${value.name}`;
    case "object":
      if (value !== null) return plainObject(value, within);
  }
  return value;
}

function plainObject(value: object, within: object[]): unknown {
  const at = within.lastIndexOf(value);
  if (at !== -1) return `cycle ${within.length - at}`;
  if (value instanceof Date || value instanceof RegExp || value instanceof URL) {
    return String(value);
  }
  if (value instanceof ArrayBuffer) return new Uint8Array(value).toHex();
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).toHex();
  }
  within.push(value);
  try {
    return plainFields(value, within);
  } catch (error) {
    if (error instanceof RangeError) throw error; // the stack, of what is nested too deeply
    return `unreadable ${error instanceof Error ? error.name : typeof error}`;
  } finally {
    within.pop();
  }
}

/** The parts of an object; reading one may fail, as of a proxy. */
function plainFields(value: object, within: object[]): unknown {
  if (Array.isArray(value)) return value.map((each) => plain(each, within));
  if (value instanceof Map || value instanceof Set) {
    return [...value].map((each) => plain(each, within));
  }
  const named = value instanceof Error ? { name: value.name, message: value.message } : {};
  const fields = Object.keys(value).map((key) => [key, plain(fieldOf(value, key), within)]);
  return { ...named, ...Object.fromEntries(fields) };
}

/** A getter may throw; that is no reason to measure nothing. */
function fieldOf(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch (error) {
    return `getter that throws ${error instanceof Error ? error.name : typeof error}`;
  }
}

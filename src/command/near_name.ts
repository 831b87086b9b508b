import { closest, distance } from "fastest-levenshtein";

/** What may be meant by a name that is not known: ` (did you mean sync?)`, or nothing if none is near. */
export function nearName(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const near = closest(name, known);
  const most = name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
  if (distance(name, near) <= most) return ` (did you mean ${near}?)`;
  const longer = name.length > 2 && known.find((each) => each.startsWith(name));
  return longer ? ` (did you mean ${longer}?)` : "";
}

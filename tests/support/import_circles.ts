/** Circles of imports: files each of which reaches each other by what they import. */

/**
 * The strongly connected components of more than one file, each sorted by name.
 *
 * @param edges for each file those that it imports; what is no key of its own is left out.
 */
export function importCircles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  // Tarjan's algorithm: a file that reaches back no further than to itself closes its component.
  const order = new Map<string, number>();
  const reach = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const own = order.size;
    order.set(file, own);
    reach.set(file, own);
    open.push(file);
    for (const next of edges.get(file)!) {
      if (!edges.has(next)) continue;
      const back = order.has(next) ? (open.includes(next) ? order.get(next)! : own) : visit(next);
      reach.set(file, Math.min(reach.get(file)!, back));
    }
    if (reach.get(file) === own) {
      const circle = open.splice(open.indexOf(file));
      if (circle.length > 1) circles.push(circle.sort());
      return own;
    }
    return reach.get(file)!;
  };
  for (const file of edges.keys()) if (!order.has(file)) visit(file);
  return circles;
}

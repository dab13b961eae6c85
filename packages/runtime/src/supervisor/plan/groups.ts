/** Things that were joined, directly or over others. */
export interface Groups {
  join(ids: readonly string[]): void;
  /** The same for everything in one group. */
  of(id: string): string;
}

export function createGroups(ids: Iterable<string>): Groups {
  const leader = new Map<string, string>([...ids].map((id) => [id, id]));
  const of = (id: string): string => {
    let at = id;
    for (let up = leader.get(at); up !== undefined && up !== at; up = leader.get(at)) at = up;
    return at;
  };
  return {
    of,
    join([first, ...rest]) {
      if (first !== undefined) for (const other of rest) leader.set(of(other), of(first));
    },
  };
}

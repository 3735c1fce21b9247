/** The command that lists the ids under a path of the admin API; the first prefix that fits decides. */
const LISTED_BY: readonly (readonly [prefix: string, command: string])[] = [
  ['/agents/', 'agent list'],
  ['/resources/', 'resource list'],
  ['/resource-servers/', 'resource-server list'],
  ['/keys/', 'key list'],
  ['/policy/explain/', 'audit'],
  ['/policy/', 'policy ls'],
  ['/deliveries/', 'deliveries list'],
];

/** Returns the hint of a 404 at a path of the admin API; undefined without a command that lists the ids. */
export function hintOfMissing(path: string): string | undefined {
  const found = LISTED_BY.find(([prefix]) => path.startsWith(prefix));
  return found === undefined ? undefined : `\`countersign ${found[1]}\` lists the ids.`;
}

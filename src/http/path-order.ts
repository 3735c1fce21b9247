/**
 * Checks the order of paths that a router tries one after the other. Throws when an earlier path with a parameter
 * matches everything that a later path matches, since the later one would never be reached.
 */
export function checkPathOrder(paths: Iterable<string>): void {
  const earlier: string[] = [];
  for (const path of paths) {
    const covering = earlier.find((one) => covers(one, path));
    if (covering !== undefined) {
      throw new Error(`route ${path} is never reached: list it before ${covering}`);
    }
    earlier.push(path);
  }
}

function covers(earlier: string, later: string): boolean {
  const segments = earlier.split('/');
  const others = later.split('/');
  if (earlier.endsWith('+}') ? others.length < segments.length : others.length !== segments.length)
    return false;
  return segments.every((segment, at) => segment.startsWith('{') || segment === others[at]);
}

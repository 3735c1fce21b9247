export type JsonObject = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses UTF-8 bytes that must be one JSON object. Undefined for anything else, and for an object in which, at
 * any depth, a member name occurs twice: readers differ on which of the two counts.
 */
export function parseJsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    // In valid JSON each colon outside a string ends one member name; JSON.parse kept one of each name.
    const written = colonsOutsideStrings(text);
    return written === countMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function colonsOutsideStrings(text: string): number {
  let colons = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') inString = !inString;
    else if (char === '\\') at += 1;
    else if (char === ':' && !inString) colons += 1;
  }
  return colons;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Members of all objects within. A list instead of recursion, so that depth cannot exhaust the stack. */
function countMembers(root: unknown): number {
  let count = 0;
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const children: unknown[] = Object.values(value);
    if (!Array.isArray(value)) count += children.length;
    for (const child of children) open.push(child);
  }
  return count;
}

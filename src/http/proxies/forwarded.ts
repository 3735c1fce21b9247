import { nodeAddress } from './addresses.js';

/** The hops of a header, nearest first, parsed lazily; undefined for a hop without an address. */
export type Hops = Generator<string | undefined, void>;

/** Length limit of one hop, above what any proxy writes. */
const MAX_ELEMENT_CHARS = 1024;
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** One `name=value` of an element (RFC 7239 section 4), up to its `;` or the end. */
const PAIR = new RegExp(
  `[ \\t]*(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)")[ \\t]*(?:;|$)`,
  'y',
);

/** Yields the hops of `X-Forwarded-For`. */
export function* hopsOfXForwardedFor(value: string): Hops {
  let end = value.length;
  for (let at = end - 1; at >= 0; at--) {
    if (value[at] !== ',') continue;
    yield nodeAddress(value.slice(at + 1, end).trim());
    end = at;
  }
  yield nodeAddress(value.slice(0, end).trim());
}

/**
 * Yields the hops of `Forwarded` (RFC 7239), parsed from the end, including quoted strings.
 * Text of a client at the start, such as an open quote, must not change how the proxies' elements parse.
 */
export function* hopsOfForwarded(value: string): Hops {
  let end = value.length;
  let quoted = false;
  for (let at = end - 1; at >= 0; at--) {
    const char = value[at];
    if (char === '"') {
      if (!quoted || !isEscaped(value, at)) quoted = !quoted;
    } else if (char === ',' && !quoted) {
      yield forOf(value.slice(at + 1, end));
      end = at;
    }
  }
  yield quoted ? undefined : forOf(value.slice(0, end));
}

function isEscaped(value: string, at: number): boolean {
  let start = at;
  while (value[start - 1] === '\\') start--;
  return (at - start) % 2 === 1;
}

/** Returns the address of an element's `for`; undefined without exactly one, or when malformed. */
function forOf(element: string): string | undefined {
  if (element.length > MAX_ELEMENT_CHARS) return undefined;
  let node: string | undefined;
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < element.length) {
    const pair = PAIR.exec(element);
    if (pair === null) return undefined;
    const [, name = '', token, quoted] = pair;
    if (name.toLowerCase() !== 'for') continue;
    if (node !== undefined) return undefined;
    node = token ?? (quoted ?? '').replace(/\\(.)/g, '$1');
  }
  return node === undefined ? undefined : nodeAddress(node);
}

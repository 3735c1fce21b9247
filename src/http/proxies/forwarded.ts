import { nodeAddress } from './addresses.js';

/** The hops a header lists, the nearest first; undefined stands for one that names no address. Read as far as asked. */
export type Hops = Generator<string | undefined, void>;

/** Longer than any proxy writes about one hop. */
const MAX_ELEMENT_CHARS = 1024;
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** One `name=value` of an element (RFC 7239 section 4), up to its `;` or the end. */
const PAIR = new RegExp(
  `[ \\t]*(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)")[ \\t]*(?:;|$)`,
  'y',
);

/** The hops of `X-Forwarded-For`. */
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
 * The hops of `Forwarded` (RFC 7239). Read from its end, quoted strings included: what a client wrote at the start,
 * such as an open quote, must not change how the elements of the trusted proxies are read.
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

/** The address of an element's one `for`; undefined when it has none, two, or is malformed anywhere. */
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

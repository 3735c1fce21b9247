const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;
const MAX_HEADER_CHARS = 8192;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses client id and secret of an HTTP Basic header (RFC 7617).
 * Both parts are form-urlencoded inside it (RFC 6749 section 2.3.1). Undefined for any other scheme and for a malformed
 * header.
 */
export function parseBasic(header: string): { clientId: string; secret: string } | undefined {
  if (header.length > MAX_HEADER_CHARS) return undefined;
  const encoded = BASIC.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  // Buffer ignores stray characters and bits, so only text that encodes back to itself is accepted.
  if (bytes.toString('base64') !== encoded) return undefined;
  try {
    const text = utf8.decode(bytes);
    const colon = text.indexOf(':');
    if (colon === -1) return undefined;
    return {
      clientId: decodePart(text.slice(0, colon)),
      secret: decodePart(text.slice(colon + 1)),
    };
  } catch {
    return undefined;
  }
}

function decodePart(part: string): string {
  if (!part.includes('%')) return part.includes('+') ? part.replaceAll('+', ' ') : part;
  return decodeURIComponent(part.replaceAll('+', ' '));
}

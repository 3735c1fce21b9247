import { isIPv4, isIPv6 } from 'node:net';
import { canonicalAddress } from './addresses.js';

/** The parse result of a connection's first bytes as a PROXY protocol header. */
export type ProxyHeader =
  | { readonly state: 'incomplete' | 'invalid' }
  | {
      readonly state: 'whole';
      /** Length of the header in bytes; HTTP follows. */
      readonly length: number;
      /** The client's address; undefined for the proxy's own connection or an unknown client. */
      readonly source: string | undefined;
    };

const V1_START = Buffer.from('PROXY ', 'latin1');
/** Longest line of version 1 in bytes, including CRLF (section 2.1). */
const V1_MAX_BYTES = 107;
const V1_LINE = /^PROXY (TCP4|TCP6) ([0-9A-Fa-f.:]+) ([0-9A-Fa-f.:]+) ([0-9]{1,5}) ([0-9]{1,5})$/;
const V1_UNKNOWN = /^PROXY UNKNOWN(?: [\x20-\x7e]*)?$/;
const V2_SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const V2_HEAD_BYTES = 16;
/** Size limit of version 2 in bytes: the addresses and more TLVs than any proxy sends. */
const V2_MAX_BYTES = 2048;
const V2_LOCAL = 0x20;
const V2_PROXY = 0x21;
/** Family and protocol → bytes of addresses and ports: TCP over IPv4, IPv6, unix, unspecified. */
const V2_FAMILIES: ReadonlyMap<number, number> = new Map([
  [0x11, 12],
  [0x21, 36],
  [0x31, 216],
  [0x00, 0],
]);

const INCOMPLETE = { state: 'incomplete' } as const;
const INVALID = { state: 'invalid' } as const;

/**
 * Parses a PROXY protocol header, version 1 or 2, from the bytes received so far. Never throws.
 * Bytes that cannot become a header are `invalid`. See haproxy.org/download/3.0/doc/proxy-protocol.txt.
 */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsLike(bytes, V1_START)) return parseV1(bytes);
  if (startsLike(bytes, V2_SIGNATURE)) return parseV2(bytes);
  return INVALID;
}

function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

function parseV1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, V1_MAX_BYTES).indexOf('\r\n');
  if (end < 0) return bytes.length < V1_MAX_BYTES ? INCOMPLETE : INVALID;
  const line = bytes.toString('latin1', 0, end);
  const length = end + 2;
  if (V1_UNKNOWN.test(line)) return { state: 'whole', length, source: undefined };
  const [, family, source = '', target = '', ...ports] = V1_LINE.exec(line) ?? [];
  const isAddress = family === 'TCP4' ? isIPv4 : isIPv6;
  const isWhole =
    family !== undefined &&
    isAddress(source) &&
    isAddress(target) &&
    ports.every((port) => Number(port) <= 65_535);
  return isWhole ? { state: 'whole', length, source: canonicalAddress(source) } : INVALID;
}

function parseV2(bytes: Buffer): ProxyHeader {
  if (bytes.length < V2_HEAD_BYTES) return INCOMPLETE;
  const command = bytes.readUInt8(12);
  const family = bytes.readUInt8(13);
  const length = V2_HEAD_BYTES + bytes.readUInt16BE(14);
  if (length > V2_MAX_BYTES) return INVALID;
  if (command !== V2_PROXY && command !== V2_LOCAL) return INVALID;
  if (bytes.length < length) return INCOMPLETE;
  // A receiver ignores the addresses of a LOCAL header (section 2.2).
  if (command === V2_LOCAL) return { state: 'whole', length, source: undefined };
  const addressBytes = V2_FAMILIES.get(family);
  if (addressBytes === undefined || length < V2_HEAD_BYTES + addressBytes) return INVALID;
  return { state: 'whole', length, source: v2Source(bytes, family) };
}

function v2Source(bytes: Buffer, family: number): string | undefined {
  if (family === 0x11) return bytes.subarray(V2_HEAD_BYTES, V2_HEAD_BYTES + 4).join('.');
  if (family !== 0x21) return undefined;
  const groups = Array.from({ length: 8 }, (_, at) =>
    bytes.readUInt16BE(V2_HEAD_BYTES + 2 * at).toString(16),
  );
  return canonicalAddress(groups.join(':'));
}

import { isIPv4 } from 'node:net';

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** A version 1 line of a proxy in front of a client at this address. */
export function v1(address: string): string {
  const [family, target] = isIPv4(address) ? ['TCP4', '192.0.2.254'] : ['TCP6', '2001:db8::fe'];
  return `PROXY ${family} ${address} ${target} 40000 443\r\n`;
}

export interface V2Options {
  readonly command?: number;
  readonly family?: number;
  readonly tlvs?: Buffer;
}

/** A version 2 header of a proxy in front of a client at this address. */
export function v2(address: string, options: V2Options = {}): Buffer {
  const source = isIPv4(address) ? bytesOfIPv4(address) : bytesOfIPv6(address);
  const {
    command = 0x21,
    family = isIPv4(address) ? 0x11 : 0x21,
    tlvs = Buffer.alloc(0),
  } = options;
  const rest = Buffer.concat([
    source,
    Buffer.alloc(source.length),
    Buffer.from([1, 2, 1, 187]),
    tlvs,
  ]);
  const head = Buffer.from([command, family, rest.length >> 8, rest.length & 0xff]);
  return Buffer.concat([SIGNATURE, head, rest]);
}

/** A version 2 header of the proxy's own connection. */
export const LOCAL = Buffer.concat([SIGNATURE, Buffer.from([0x20, 0, 0, 0])]);

function bytesOfIPv4(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

function bytesOfIPv6(address: string): Buffer {
  const dotted = /^(.*:)([0-9.]+\.[0-9]+)$/.exec(address);
  const text = dotted === null ? address : `${dotted[1] ?? ''}${groupsOf(dotted[2] ?? '')}`;
  const [head = '', tail] = text.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function groupsOf(ipv4: string): string {
  const hex = bytesOfIPv4(ipv4).toString('hex');
  return `${hex.slice(0, 4)}:${hex.slice(4)}`;
}

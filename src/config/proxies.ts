import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { ConfigProblem } from './problems.js';
import type { RawConfig } from './raw.generated.js';
import { list, text, type Schema } from './schema-parts.js';
/** The schema of a listener's `proxy_protocol`. */
export const PROXY_PROTOCOL: Schema = text(
  '`required`: every connection begins with a PROXY header (v1 or v2) from a trusted proxy.',
  { enum: ['off', 'required'], default: 'off' },
);

/** The schemas of proxy trust for the public and the admin listener. */
export const PROXY_SETTINGS: Readonly<Record<string, Schema>> = {
  trusted_proxies: list(
    'Trusted proxies: addresses and CIDR blocks. Absent: no proxy is trusted.',
    {
      type: 'string',
      pattern: '^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$',
    },
  ),
  forwarded_header: text('The header in which trusted proxies name the client; no other is read.', {
    enum: ['x-forwarded-for', 'forwarded'],
    default: 'x-forwarded-for',
  }),
};

/** Reports malformed or all-covering blocks, and a required PROXY header without a trusted proxy. */
export function proxyProblems({ listeners }: RawConfig): ConfigProblem[] {
  const blocks = listeners.trusted_proxies ?? [];
  const problems = blocks.flatMap((block, index) => {
    const message = blockProblem(block);
    const where = `/listeners/trusted_proxies/${String(index)}`;
    return message === undefined ? [] : [{ where, message }];
  });
  const unmet = (['public', 'admin'] as const)
    .filter((name) => listeners[name].proxy_protocol === 'required' && blocks.length === 0)
    .map((name) => ({
      where: `/listeners/${name}/proxy_protocol`,
      message: 'needs listeners.trusted_proxies: connections from other addresses are closed',
    }));
  return [...problems, ...unmet];
}

function blockProblem(block: string): string | undefined {
  const [address = '', prefix] = block.split('/');
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : undefined;
  if (bits === undefined || Number(prefix ?? bits) > bits) {
    return 'must be an IP address or a CIDR block';
  }
  return prefix !== undefined && holdsEverybody(address, Number(prefix))
    ? 'must not trust every address: any peer could then name any source'
    : undefined;
}

/** Returns true for a block of every address of a family. IPv6 blocks include mapped IPv4 addresses. */
function holdsEverybody(address: string, prefix: number): boolean {
  const list = new BlockList();
  list.addSubnet(address, prefix, isIPv4(address) ? 'ipv4' : 'ipv6');
  const ends = [
    ['ipv4', '0.0.0.0', '255.255.255.255'],
    ['ipv6', '::', 'ffff::'],
  ] as const;
  return ends.some(([family, ...both]) => both.every((end) => list.check(end, family)));
}

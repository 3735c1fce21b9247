import { isIP } from 'node:net';
import type { HostBuiltin } from './host-builtin.js';

export const netBuiltins: Readonly<Record<string, HostBuiltin>> = {
  'net.cidr_is_valid': {
    arity: 1,
    call: (value) => typeof value === 'string' && isCidr(value),
  },
};

function isCidr(value: string): boolean {
  const [address = '', prefix = '', ...rest] = value.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  const bits = family === 4 ? 32 : 128;
  return family !== 0 && rest.length === 0 && /^[0-9]{1,3}$/.test(prefix) && Number(prefix) <= bits;
}

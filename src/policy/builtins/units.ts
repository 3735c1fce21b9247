import { BuiltinError, type HostBuiltin } from './host-builtin.js';
import { exact, text } from './operands.js';

export const unitBuiltins: Readonly<Record<string, HostBuiltin>> = {
  'units.parse_bytes': { arity: 1, call: (value) => exact(parseBytes(text(value))) },
};

const POWERS = ['k', 'm', 'g', 't', 'p', 'e'];
const AMOUNT = /^([0-9]{0,30})(?:\.([0-9]{0,30}))?([a-z]*)$/;

/** Parses `10`, `1.5kb`, `2GiB`; truncates fractions of a byte. Refuses exponents. Throws BuiltinError. */
function parseBytes(value: string): bigint {
  const found = AMOUNT.exec(value.toLowerCase().replaceAll('"', ''));
  const [, whole = '', fraction = '', unit = ''] = found ?? [];
  if (found === null || whole + fraction === '') {
    throw new BuiltinError('an operand is not an amount of bytes');
  }
  const scale = 10n ** BigInt(fraction.length);
  return (BigInt(whole + fraction) * unitBytes(unit)) / scale;
}

function unitBytes(unit: string): bigint {
  if (unit === '') return 1n;
  const power = POWERS.indexOf(unit.slice(0, 1)) + 1;
  const rest = unit.slice(1);
  if (power > 0 && (rest === '' || rest === 'b')) return 1000n ** BigInt(power);
  if (power > 0 && (rest === 'i' || rest === 'ib')) return 1024n ** BigInt(power);
  throw new BuiltinError(`the unit ${unit} is not known`);
}

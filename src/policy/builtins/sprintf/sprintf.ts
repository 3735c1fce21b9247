import type { Term } from '../../json/terms.js';
import { BuiltinError, type HostBuiltin } from '../host-builtin.js';
import { codePoints, members, text } from '../operands.js';
import { formatParts, padded, type Directive } from './directive.js';
import { formatFloat, formatInteger } from './numbers.js';
import { termText } from './term-text.js';

const MAX_WIDTH = 10_000;
const MAX_CHARS = 1_000_000;

export const sprintfBuiltins: Readonly<Record<string, HostBuiltin>> = {
  sprintf: {
    arity: 2,
    tellsSets: true,
    call: (format, values) => sprintf(text(format), members(values)),
  },
};

/** An operand as OPA passes it to Go's fmt: int64 or larger integer, float64, or string. */
type Operand = bigint | number | string;

function sprintf(format: string, values: readonly Term[]): string {
  const operands = values.map(toOperand);
  let used = 0;
  let out = '';
  for (const part of formatParts(format)) {
    if (part.kind === 'literal') out += part.text;
    else if (part.kind === 'no_verb') out += '%!(NOVERB)';
    else {
      const { verb } = part.directive;
      const operand = operands[used++];
      out += operand === undefined ? `%!${verb}(MISSING)` : directed(operand, part.directive);
    }
    if (out.length > MAX_CHARS) throw new BuiltinError('the text would be too long');
  }
  return used < operands.length ? out + extra(operands.slice(used)) : out;
}

function toOperand(value: Term): Operand {
  if (typeof value === 'bigint' || typeof value === 'string') return value;
  if (typeof value !== 'number') return termText(value);
  // An unsafe integer here was written with an exponent, since other integers arrive as bigint.
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

function directed(operand: Operand, directive: Directive): string {
  const { verb, width = 0, precision = 0 } = directive;
  if (width > MAX_WIDTH || precision > MAX_WIDTH || verb === '*' || verb === '[') {
    throw new BuiltinError('a width too large, or one taken from an operand');
  }
  if (verb === 'T') return padded(typeName(operand), directive, false);
  if (typeof operand === 'string') {
    const shown = formatText(operand, directive);
    return shown === undefined ? wrong(operand, verb) : padded(shown, directive, true);
  }
  const shown =
    typeof operand === 'bigint'
      ? formatInteger(operand, directive)
      : formatFloat(operand, directive);
  return shown === undefined ? wrong(operand, verb) : padded(shown, directive, true);
}

function formatText(value: string, { verb, flags, precision }: Directive): string | undefined {
  const cut = precision === undefined ? value : codePoints(value).slice(0, precision).join('');
  switch (verb) {
    case 's':
      return cut;
    case 'v':
      return flags.includes('#') ? JSON.stringify(cut) : cut;
    case 'q':
      return flags.includes('#') && !cut.includes('`') ? `\`${cut}\`` : JSON.stringify(cut);
    case 'x':
      return Buffer.from(cut).toString('hex');
    case 'X':
      return Buffer.from(cut).toString('hex').toUpperCase();
    default:
      return undefined;
  }
}

function wrong(operand: Operand, verb: string): string {
  return `%!${verb}(${typeName(operand)}=${plain(operand)})`;
}

function extra(operands: readonly Operand[]): string {
  return `%!(EXTRA ${operands.map((o) => `${typeName(o)}=${plain(o)}`).join(', ')})`;
}

function plain(operand: Operand): string {
  const directive: Directive = { flags: '', width: undefined, precision: undefined, verb: 'v' };
  if (typeof operand === 'string') return operand;
  const shown =
    typeof operand === 'bigint'
      ? formatInteger(operand, directive)
      : formatFloat(operand, directive);
  return shown ?? String(operand);
}

function typeName(operand: Operand): string {
  if (typeof operand === 'string') return 'string';
  if (typeof operand === 'number') return 'float64';
  return BigInt.asIntN(64, operand) === operand ? 'int64' : '*big.Int';
}

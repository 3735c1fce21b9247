import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parseJson } from '../json/lossless.js';
import { isObject, type Term } from '../json/terms.js';
import { BuiltinError, type HostBuiltin } from './host-builtin.js';
import { members, text } from './operands.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const encodingBuiltins: Readonly<Record<string, HostBuiltin>> = {
  'hex.encode': { arity: 1, call: (value) => Buffer.from(text(value)).toString('hex') },
  'hex.decode': { arity: 1, call: (value) => decodeText(fromHex(text(value))) },
  'urlquery.encode': { arity: 1, call: (value) => encodeQuery(text(value)) },
  'urlquery.decode': { arity: 1, call: (value) => decodeQuery(text(value)) },
  'urlquery.encode_object': { arity: 1, call: (value) => encodeObject(value) },
  'urlquery.decode_object': { arity: 1, call: (value) => decodeObject(text(value)) },
  'crypto.sha256': {
    arity: 1,
    call: (value) => createHash('sha256').update(text(value)).digest('hex'),
  },
  'crypto.hmac.sha256': { arity: 2, call: (value, key) => hmac('sha256', text(value), text(key)) },
  'crypto.hmac.sha512': { arity: 2, call: (value, key) => hmac('sha512', text(value), text(key)) },
  'crypto.hmac.equal': {
    arity: 2,
    call: (a, b) => {
      const [left, right] = [Buffer.from(text(a)), Buffer.from(text(b))];
      return left.length === right.length && timingSafeEqual(left, right);
    },
  },
  'io.jwt.decode': { arity: 1, call: (token) => decodeJwt(text(token)) },
};

function hmac(algorithm: string, value: string, key: string): string {
  return createHmac(algorithm, key).update(value).digest('hex');
}

function fromHex(value: string): Buffer {
  if (value.length % 2 === 0 && /^[0-9A-Fa-f]*$/.test(value)) return Buffer.from(value, 'hex');
  throw new BuiltinError('an operand is not hexadecimal');
}

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new BuiltinError('the decoded bytes are not UTF-8', { cause: error });
  }
}

/** Encodes like Go's url.QueryEscape. */
function encodeQuery(value: string): string {
  return encodeURIComponent(value)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

function decodeQuery(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch (error) {
    throw new BuiltinError('an operand is not a URL query', { cause: error });
  }
}

function encodeObject(value: Term | undefined): string {
  if (value === undefined || !isObject(value))
    throw new BuiltinError('an operand is not an object');
  return Object.keys(value)
    .sort()
    .flatMap((key) => {
      const member = value[key];
      const values = typeof member === 'string' ? [member] : members(member).map(text);
      return values.map((v) => `${encodeQuery(key)}=${encodeQuery(v)}`);
    })
    .join('&');
}

function decodeObject(query: string): Record<string, string[]> {
  const out = Object.create(null) as Record<string, string[]>;
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    if (pair.includes(';')) throw new BuiltinError('a semicolon in a URL query');
    const cut = pair.indexOf('=');
    const key = decodeQuery(cut === -1 ? pair : pair.slice(0, cut));
    (out[key] ??= []).push(cut === -1 ? '' : decodeQuery(pair.slice(cut + 1)));
  }
  return out;
}

/** Decodes a JWT without verifying it: never grant on its claims. */
function decodeJwt(token: string): Term[] {
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || !header || payload === undefined || signature === undefined) {
    throw new BuiltinError('an operand is not a JWT of three parts');
  }
  return [jwtObject(header), jwtObject(payload), fromBase64Url(signature).toString('hex')];
}

function jwtObject(part: string): Term {
  let value: Term;
  try {
    value = parseJson(decodeText(fromBase64Url(part)));
  } catch (error) {
    throw new BuiltinError('a part of the JWT is not JSON', { cause: error });
  }
  if (!isObject(value)) throw new BuiltinError('a part of the JWT is not an object');
  if (value['enc'] !== undefined || value['cty'] === 'JWT') {
    throw new BuiltinError('encrypted and nested JWTs are not supported');
  }
  return value;
}

function fromBase64Url(part: string): Buffer {
  const digits = /^([A-Za-z0-9_-]*)={0,2}$/.exec(part)?.[1];
  if (digits !== undefined && digits.length % 4 !== 1) {
    return Buffer.from(part, 'base64url');
  }
  throw new BuiltinError('a part of the JWT is not base64url');
}

import { compileCheck } from '../../../schema/compile.js';

/** One signed file (OPA's `FileInfo`). */
export interface SignedFile {
  /** As in the archive, without a leading slash. */
  readonly name: string;
  /** Hexadecimal. */
  readonly hash: string;
  readonly algorithm: string;
}

/** A decoded, unverified signature token. */
export interface SignatureToken {
  /** The signed text. */
  readonly signed: Buffer;
  readonly signature: Buffer;
  /** Returns `kid` of the header, if any. Throws TokenMalformed. */
  headerKeyId(): string | undefined;
  readonly claims: SignatureClaims;
}

export interface SignatureClaims {
  readonly files: readonly SignedFile[];
  readonly keyid?: string;
  readonly scope?: string;
}

/** `.signatures.json` or its token cannot be read. */
export class TokenMalformed extends Error {
  override readonly name = 'TokenMalformed';
}

const text = { type: 'string' } as const;
const DOCUMENT = compileCheck<{ readonly signatures: readonly [string] }>({
  type: 'object',
  required: ['signatures'],
  additionalProperties: false,
  properties: {
    signatures: { type: 'array', minItems: 1, maxItems: 1, items: text },
    // `opa build` writes the name of OPA's default verifier; another one would have other rules.
    plugin: { enum: ['', '_default'] },
  },
});
const CLAIMS = compileCheck<SignatureClaims>({
  type: 'object',
  required: ['files'],
  properties: {
    files: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'hash', 'algorithm'],
        properties: { name: text, hash: text, algorithm: text },
      },
    },
    keyid: text,
    scope: text,
  },
});
const HEADER = compileCheck<{ readonly kid?: string }>({
  type: 'object',
  properties: { kid: text },
});
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** Reads the single token of `.signatures.json`. Throws TokenMalformed. */
export function readSignatures(file: Uint8Array): SignatureToken {
  const checked = DOCUMENT(jsonOf(file, '.signatures.json'));
  if (!checked.ok) {
    const { pointer = '', message = '' } = checked.problems[0] ?? {};
    throw new TokenMalformed(
      `.signatures.json${pointer} ${message} (exactly one token is allowed)`,
    );
  }
  return takeApart(checked.value.signatures[0]);
}

function takeApart(token: string): SignatureToken {
  const parts = token.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3 || !parts.every((part) => BASE64URL.test(part) && part.length % 4 !== 1)) {
    throw new TokenMalformed('the token is not three parts of base64url');
  }
  const claims = CLAIMS(jsonOf(Buffer.from(payload, 'base64url'), 'the payload'));
  if (!claims.ok) {
    const { pointer = '', message = '' } = claims.problems[0] ?? {};
    throw new TokenMalformed(`the payload${pointer} ${message}`);
  }
  return {
    signed: Buffer.from(`${header}.${payload}`, 'ascii'),
    signature: Buffer.from(signature, 'base64url'),
    headerKeyId: () => headerKeyId(header),
    claims: claims.value,
  };
}

function headerKeyId(header: string): string | undefined {
  const checked = HEADER(jsonOf(Buffer.from(header, 'base64url'), 'the header'));
  if (!checked.ok) throw new TokenMalformed('kid of the header is not a text');
  return checked.value.kid;
}

function jsonOf(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new TokenMalformed(`${what} is not JSON`);
  }
}

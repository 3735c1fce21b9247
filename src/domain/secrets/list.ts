import {
  compactToken,
  enclosedSecret,
  endOfLabel,
  markedSecret,
  pemPrivateKey,
  type SecretShape,
} from './finders.js';

/** The text that replaces a secret. */
export const REDACTED = '[redacted]';

/** Names of members that hold a secret of any form, in lower case without `_` and `-`. */
export const SECRET_NAMES: ReadonlySet<string> = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'secret',
  'clientsecret',
  'assertion',
  'clientassertion',
  'password',
  'sentinelpassword',
  'passphrase',
  'token',
  'accesstoken',
  'admintoken',
  'bearertoken',
  'idtoken',
  'refreshtoken',
  'subjecttoken',
  'privatekey',
  'sealedprivatekey',
  'keyencryptionkey',
  'previouskeyencryptionkey',
  'd',
]);

/** Private members of a JWK (RFC 7518 section 6), beyond `d`. Secret only in an object with a `kty`. */
export const PRIVATE_JWK_MEMBERS: ReadonlySet<string> = new Set([
  'd',
  'p',
  'q',
  'dp',
  'dq',
  'qi',
  'k',
  'oth',
]);

/** Shapes that refuse a request: whole credentials only, so that no ordinary text is refused. */
export const REFUSED_SHAPES: readonly SecretShape[] = [
  markedSecret({ mark: /cs[kra]_/g, runs: [{ run: /[0-9A-Za-z]*/y, minChars: 16 }] }),
  markedSecret({ mark: /whsec_/g, runs: [{ run: /[0-9A-Za-z+/=]*/y, minChars: 16 }] }),
  compactToken({ mark: /eyJ/g, part: /[\w-]*/y, minChars: 6, parts: [2, 0], maxParts: 2 }),
];

/** Shapes that are masked, also when truncated. Each contains the refused shape of its kind. */
const MARKED_SHAPES: readonly SecretShape[] = [
  // Credentials of this service. A run takes the mark of the next one, so that none hides behind a short one.
  markedSecret({ mark: /cs[kra]_/giu, runs: [{ run: /\w*/iuy, minChars: 8 }] }),
  // Keys of webhooks.
  markedSecret({ mark: /whsec_/giu, runs: [{ run: /[\w+/=-]*/iuy, minChars: 8 }] }),
  // JWS and JWE.
  compactToken({ mark: /eyJ/giu, part: /[\w-]*/iuy, minChars: 6, parts: [0], maxParts: 4 }),
  // Values of the Authorization header. The scheme stays.
  markedSecret({
    mark: /Basic|Bearer|DPoP/giu,
    lead: { run: /\s*/uy, minChars: 1 },
    runs: [{ run: /[\w.~+/=-]*/iuy, minChars: 12 }],
  }),
  // Key-encryption keys for development.
  markedSecret({ mark: /dev:/g, runs: [{ run: /[A-Za-z0-9+/]{43}=/y, minChars: 44 }] }),
  // Passwords in URLs.
  enclosedSecret(/((?:rediss?|https?)(?:\+[a-z]+)?:\/\/[^:@\s/"]*:)[^@\s/"]+@/g),
];

const END = /-----END /giu;
const LABEL = { label: /[A-Z ]*/iuy, name: /PRIVATE KEY-----/iuy };

/** Finds a private key in PEM up to its last line, or to the end of the text. */
const PEM = pemPrivateKey({
  ...LABEL,
  mark: /-----BEGIN /giu,
  endOfKey(text, from) {
    END.lastIndex = from;
    for (let found = END.exec(text); found !== null; found = END.exec(text)) {
      const end = endOfLabel(text, END.lastIndex, LABEL);
      if (end !== -1) return end;
    }
    return text.length;
  },
});

/** Shapes that are masked in a text. */
export const TEXT_SHAPES: readonly SecretShape[] = [...MARKED_SHAPES, PEM];

import {
  compactToken,
  endOfLabel,
  endOfRun,
  markedSecret,
  pemPrivateKey,
  type SecretShape,
} from '../domain/secret-shapes.js';

/** What may end a key: never read beyond the first that does. */
const PEM_STOP = /"|-----END /g;
const LABEL = { label: /[A-Z ]*/y, name: /PRIVATE KEY-----/y, maxLabelChars: Infinity };

/** A key in PEM, whole or cut off at a quote or the end; in JSON text its line ends are escaped. */
export const PEM: SecretShape = pemPrivateKey({
  ...LABEL,
  mark: /-----BEGIN /g,
  endOfKey(text, from) {
    PEM_STOP.lastIndex = from;
    for (let stop = PEM_STOP.exec(text); stop !== null; stop = PEM_STOP.exec(text)) {
      if (stop[0] === '"') return stop.index;
      const end = endOfLabel(text, PEM_STOP.lastIndex, LABEL);
      if (end !== -1) return end;
    }
    return text.length;
  },
});

const PADDING = { run: /=*/y, minChars: 0 };

/** A scheme of the Authorization header with its value. */
export const HEADER: SecretShape = markedSecret({
  mark: /\b(?:Bearer|Basic|DPoP) /gi,
  runs: [{ run: / */y, minChars: 0 }, { run: /[A-Za-z0-9._~+/-]*/y, minChars: 12 }, PADDING],
});

/** Keys with a prefix, and JWTs. */
export const KEYS: readonly SecretShape[] = [
  markedSecret({ mark: /\bcs[kra]_/g, runs: [{ run: /[0-9A-Za-z]*/y, minChars: 8 }] }),
  markedSecret({
    mark: /\bwhsec_/g,
    runs: [{ run: /[A-Za-z0-9+/_-]*/y, minChars: 8 }, PADDING],
  }),
  compactToken({ mark: /\beyJ/g, part: /[\w-]*/y, minChars: 8, parts: [0], maxParts: 4 }),
];

const NAME =
  /\b(?:client[_-]?secret|client[_-]?assertion|assertion|secret|(?:sentinel[_-]?)?password|(?:admin|access|refresh|subject)?[_-]?token|authorization)/gi;
/** Quotes may be escaped, inside a text. */
const SIGN = /\\*["']?\s*[=:]\s*\\*["']?/y;
const VALUE = /[^\s"'&,;}{[\]\\]*/y;
/** The value after a scheme is the header's own shape. */
const SCHEME = /(?:Bearer|Basic|DPoP) /iy;

/** The value alone after the name of a secret: client_secret=…, "client_secret": "…". */
export const NAMED_VALUE: SecretShape = (text, from) => {
  NAME.lastIndex = from;
  while (NAME.exec(text) !== null) {
    const start = endOfRun(text, NAME.lastIndex, SIGN);
    if (start === NAME.lastIndex || endOfRun(text, start, SCHEME) > start) continue;
    const end = endOfRun(text, start, VALUE);
    if (end > start) return { start, end };
  }
  return undefined;
};

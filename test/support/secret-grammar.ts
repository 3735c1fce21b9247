import fc from 'fast-check';

/** Beginnings of every shape of secret that this service knows, and near misses. */
export const PREFIXES: readonly string[] = [
  'eyJ',
  'EYJ',
  'csk_',
  'csr_',
  'csa_',
  'CSK_',
  'csx_',
  'whsec_',
  'WHSEC_',
  'dev:',
  'Bearer ',
  'bearer  ',
  'Basic ',
  'DPoP ',
  'basic\u00a0',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN RSA PRIVATE KEY-----',
  '-----END PRIVATE KEY-----',
  '-----END ',
  '-----begin private key-----',
  'PRIVATE KEY',
  'redis://u:',
  'https://a:',
  'http',
  'client_secret=',
  'client-assertion: ',
  'subject-token',
  'token',
  'password":"',
  '"secret\\":\\"',
  'authorization: Bearer ',
  'set-cookie: ',
  'private_key=',
  'u017f: c\u017fk_',
  'c\u017f\u212a_',
];

/** What may stand between two secrets: a character of every class that a shape has, or of none. */
export const SEPARATORS: readonly string[] = [
  ...['', '-', '_', '.', '=', '+', '/', '~', ':', ' ', '\t', '\n', '"', '\\', "'", ',', '@', '['],
  ...['A', 'a', '0', '\u00e9', '\u017f', '\u212a', '\u3000', '\ud83d\ude00', '.a.', '..', '{"'],
];

const filling = fc.oneof(
  fc.constantFrom('', 'a', 'abcdefgh', 'abcdefghijklmnopqrstuvwxyz', 'A0-_', '='),
  fc.integer({ min: 1, max: 50 }).map((count) => 'x'.repeat(count)),
);

/** Texts of secrets whole, cut short and run together. */
export const secretTexts: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...PREFIXES), fc.constantFrom(...SEPARATORS), filling), {
    maxLength: 14,
  })
  .map((parts) => parts.join(''));

import { SIGNATURE_ALGS } from '../policy/bundle/signature/algorithms.js';
import { object, text, integer, flag, list, type Schema } from './schema-parts.js';

const VARIABLE: Schema = { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' };

const verificationKey: Schema = {
  ...object('An accepted key.', {
    id: text('Name: the `kid` of a signature.', { maxLength: 200 }),
    alg: text('The only algorithm that the key verifies with.', { enum: SIGNATURE_ALGS }),
    key_file: text('File with the public key or certificate (PEM); for HS* with the secret.'),
    key_env: text('Environment variable with the key, in place of `key_file`.', VARIABLE),
    scope: text('Required `scope` of the signature. Absent: it must have none.'),
  }),
  required: ['id', 'alg'],
};

const header: Schema = {
  ...object('A header sent with each request.', {
    name: text('Name of the header.', { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$" }),
    env: text('Environment variable with the value of the header.', VARIABLE),
  }),
  required: ['name', 'env'],
};

const server = object('An OPA bundle server, in place of `path`.', {
  url: text('URL of a bundle on an OPA bundle server, in place of `policy.path`.', {
    pattern: '^https?://[^\\s#]+$',
  }),
  bearer_token_env: text('Environment variable with the bearer token.', VARIABLE),
  bearer_token_file: text('File with the bearer token, read again for each request.'),
  headers: list('Headers sent with each request.', header),
  timeout_seconds: integer('Longest time without a byte from the server.', 1, 300, 10),
  polling: object('Pauses between requests to the server.', {
    min_delay_seconds: integer('Shortest pause between two requests.', 1, 86_400, 60),
    max_delay_seconds: integer('Longest pause, also after errors.', 1, 86_400, 120),
    long_polling_timeout_seconds: integer(
      'Longest time that the server may hold a request. Absent: no long polling.',
      1,
      240,
    ),
  }),
});

/** `policy`: the bundle that decides, its source and its signers. */
export const POLICY_SCHEMA = object('The compiled policy.', {
  path: text('Bundle folder or tar.gz. Default: the packaged bundle.'),
  server,
  entrypoint: text('Rule that decides.', {
    pattern: '^[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*$',
    default: 'countersign/decision',
  }),
  watch: flag('Reload when the bundle changes.', true),
  signatures: text('`required` refuses every unsigned bundle.', {
    enum: ['off', 'required'],
    default: 'off',
  }),
  verification: object('Keys that verify the signature of a bundle.', {
    keys: list('Accepted keys.', verificationKey),
    key_id: text('Id of the key to use, in place of the `kid` of the signature.'),
  }),
  breaker: object('Circuit breaker: refuses evaluations for a time after slow ones.', {
    max_ms: integer(
      'Time above which an evaluation is slow. One that makes the instance recreate its memory is slow, too.',
      1,
      10_000,
      100,
    ),
    trip_after: integer('Slow evaluations in a row that open the breaker.', 1, 10_000, 10),
    cool_down_ms: integer('Time that the breaker stays open.', 100, 600_000, 2000),
  }),
  admission: object('Checks of a bundle before it serves.', {
    violations: text('Action on an input that shows an escalation.', {
      enum: ['refuse', 'warn'],
      default: 'refuse',
    }),
    require_grants: text(
      'Action on a bundle of `path` or `server` of which no input is granted, or a property is not exercised.',
      { enum: ['refuse', 'warn'], default: 'refuse' },
    ),
    inputs: integer('Number of generated inputs per property.', 1, 1_000_000, 400),
    deadline_ms: integer(
      'Longest admission. A bundle that takes longer is refused. The first bundle of a store has at least 60 s.',
      1000,
      600_000,
      10_000,
    ),
  }),
  ready_timeout_ms: integer(
    'Time that each live node has to make a bundle ready.',
    1000,
    300_000,
    15_000,
  ),
  canary: object('Conditions for the withdrawal of a canary.', {
    min_decisions: integer('Number of decisions before a canary is judged.', 1, 1_000_000, 100),
    error_percent: integer(
      'Tolerated errors above those of the active bundle, in percent of decisions.',
      0,
      100,
      1,
    ),
    denial_percent: integer(
      'Tolerated difference in denials from the active bundle, in percent of decisions.',
      0,
      100,
      5,
    ),
  }),
});

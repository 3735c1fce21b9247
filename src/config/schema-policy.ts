import { SIGNATURE_ALGS } from '../policy/bundle/signature/algorithms.js';
import { object, text, integer, flag, list, type Schema } from './schema-parts.js';

const VARIABLE: Schema = { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' };

const verificationKey: Schema = {
  ...object('A key whose signatures are accepted.', {
    id: text('Its name: the `kid` of a signature.', { maxLength: 200 }),
    alg: text('The only algorithm it verifies with.', { enum: SIGNATURE_ALGS }),
    key_file: text('File with the public key or certificate (PEM); for HS* with the secret.'),
    key_env: text('Environment variable that holds the same.', VARIABLE),
    scope: text('What `scope` of a signature must be. Absent: it must have none.'),
  }),
  required: ['id', 'alg'],
};

const header: Schema = {
  ...object('A header sent with each request.', {
    name: text('Its name.', { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$" }),
    env: text('Environment variable that holds its value.', VARIABLE),
  }),
  required: ['name', 'env'],
};

const server = object('An OPA bundle server, in the place of `path`.', {
  url: text('Where the bundle is: the whole URL.', { pattern: '^https?://[^\\s#]+$' }),
  bearer_token_env: text('Environment variable with the bearer token.', VARIABLE),
  bearer_token_file: text('File with the bearer token, read again for each request.'),
  headers: list('Headers sent with each request.', header),
  timeout_seconds: integer('Longest silence of the server.', 1, 300, 10),
  polling: object('How often it is asked.', {
    min_delay_seconds: integer('Shortest pause between two requests.', 1, 86_400, 60),
    max_delay_seconds: integer('Longest pause, also after errors.', 1, 86_400, 120),
    long_polling_timeout_seconds: integer(
      'Set: the server may hold a request for so long, when it can.',
      1,
      240,
    ),
  }),
});

/** `policy`: which bundle decides, where it comes from and who must have signed it. */
export const POLICY_SCHEMA = object('The compiled policy.', {
  path: text('Bundle folder or tar.gz. Default: the bundle that comes with the package.'),
  server,
  entrypoint: text('Rule that decides.', {
    pattern: '^[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*$',
    default: 'countersign/decision',
  }),
  watch: flag('Load again when the bundle changes.', true),
  signatures: text('`required` takes only bundles that a key of `verification` signed.', {
    enum: ['off', 'required'],
    default: 'off',
  }),
  verification: object('Who must have signed a bundle.', {
    keys: list('The keys.', verificationKey),
    key_id: text('The key to use whatever a signature says. Absent: its `kid`.'),
  }),
  breaker: object('Refuses to evaluate for a while when evaluation is slow.', {
    max_ms: integer('One evaluation above this is slow.', 1, 10_000, 100),
    trip_after: integer('Slow evaluations in a row that open it.', 1, 10_000, 10),
    cool_down_ms: integer('How long it stays open.', 100, 600_000, 2000),
  }),
  admission: object('How a bundle is tried before it may serve.', {
    violations: text('What an input that shows an escalation does.', {
      enum: ['refuse', 'warn'],
      default: 'refuse',
    }),
    inputs: integer('Inputs that are generated and put to every property.', 1, 1_000_000, 400),
    deadline_ms: integer('A bundle that is not through by then is refused.', 1000, 600_000, 10_000),
  }),
  ready_timeout_ms: integer(
    'How long every live node may take to make a bundle ready.',
    1000,
    300_000,
    15_000,
  ),
  canary: object('When a canary is taken back by itself.', {
    min_decisions: integer('Nothing is concluded from fewer decisions.', 1, 1_000_000, 100),
    error_percent: integer('More errors than the active bundle, of its decisions.', 0, 100, 1),
    denial_percent: integer('More or fewer denials than the active bundle.', 0, 100, 5),
  }),
});

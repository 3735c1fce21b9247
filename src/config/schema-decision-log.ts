import { object, text, integer, flag, list, type Schema } from './schema-parts.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const ENTRYPOINT = '^[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*$';

const labels: Schema = {
  type: 'object',
  description: 'Labels of every event, beside `id` and `version`.',
  additionalProperties: { type: 'string', maxLength: 256 },
};

/** `decision_log`: decisions in OPA's event format, beside the audit record. */
export const DECISION_LOG_SCHEMA = object('Decisions in the event format of OPA.', {
  file: object('A file of one event a line.', {
    path: text('Where; unset: no file.'),
    max_bytes: integer('The file is set aside when it is this large.', 4096, 1024 * GIB, 100 * MIB),
    keep: integer('How many files that were set aside are kept.', 1, 1000, 10),
  }),
  stdout: flag('Also print events.', false),
  http: object('A receiver that takes what OPA uploads: POST of a gzip-compressed JSON array.', {
    url: text('Where to POST; unset: nowhere.', {
      // No user:password@: a token has a place of its own, which is not shown.
      pattern: '^https?://[^\\s/?#@]+([/?#]\\S*)?$',
      format: 'uri',
    }),
    token_env: text('Environment variable that holds the token.', {
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    }),
    token_file: text('File that holds the token.'),
    token_header: text('Header for the token; in `authorization` it is a bearer token.', {
      pattern: '^[A-Za-z0-9-]{1,64}$',
      default: 'authorization',
    }),
    timeout_ms: integer('Deadline of one upload.', 100, 300_000, 10_000),
    min_delay_ms: integer('Least wait after everything was uploaded.', 0, 3_600_000, 1000),
    max_delay_ms: integer('Longest wait, also after failures.', 0, 3_600_000, 10_000),
    upload_size_limit_bytes: integer('Largest compressed chunk.', 1024, GIB, 32_768),
  }),
  labels,
  mask: {
    ...list('Pointers to what is taken out of every event.', {
      type: 'string',
      pattern: '^/(input|result|custom)(/([^%]|%[0-9A-Fa-f]{2})*)?$',
    }),
    // Free text that a model wrote: nobody knows what is in it.
    default: ['/input/request/declared/reason'],
  },
  mask_entrypoint: text('Entrypoint that says what to mask, such as system/log/mask.', {
    pattern: ENTRYPOINT,
  }),
  drop_entrypoint: text('Entrypoint that says what not to log, such as system/log/drop.', {
    pattern: ENTRYPOINT,
  }),
  buffer_max_bytes: integer(
    'Most that may wait for one sink; past it the oldest are given up.',
    65_536,
    1024 * GIB,
    256 * MIB,
  ),
});

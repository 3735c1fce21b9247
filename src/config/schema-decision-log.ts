import { object, text, integer, flag, list, type Schema } from './schema-parts.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const ENTRYPOINT = '^[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*$';

const labels: Schema = {
  type: 'object',
  description: 'Labels of every event, in addition to `id` and `version`.',
  additionalProperties: { type: 'string', maxLength: 256 },
};

/** `decision_log`: decisions in OPA's event format, in addition to the audit record. */
export const DECISION_LOG_SCHEMA = object('Decisions in the event format of OPA.', {
  file: object('A file with one event per line.', {
    path: text('Log file. Absent: no file.'),
    max_bytes: integer('Size at which the file is rotated.', 4096, 1024 * GIB, 100 * MIB),
    keep: integer('Number of rotated files to keep.', 1, 1000, 10),
  }),
  stdout: flag('Also print events on standard output.', false),
  http: object('Receiver of uploads in the form of OPA: POST of a gzip-compressed JSON array.', {
    url: text('URL to POST to. Absent: no upload.', {
      // No user:password@: a token has a separate setting, which is not shown.
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
    min_delay_ms: integer('Shortest pause after a complete upload.', 0, 3_600_000, 1000),
    max_delay_ms: integer('Longest pause, also after failures.', 0, 3_600_000, 10_000),
    upload_size_limit_bytes: integer('Largest compressed chunk.', 1024, GIB, 32_768),
  }),
  labels,
  mask: {
    ...list('JSON pointers to members that are removed from every event.', {
      type: 'string',
      pattern: '^/(input|result|custom)(/([^%]|%[0-9A-Fa-f]{2})*)?$',
    }),
    // Free text written by a model: its content is unpredictable.
    default: ['/input/request/declared/reason'],
  },
  mask_entrypoint: text('Entrypoint that returns the members to mask, such as system/log/mask.', {
    pattern: ENTRYPOINT,
  }),
  drop_entrypoint: text('Entrypoint that returns the events to drop, such as system/log/drop.', {
    pattern: ENTRYPOINT,
  }),
  buffer_max_bytes: integer(
    'Largest backlog of one sink in bytes. Above it, the oldest events are dropped.',
    65_536,
    1024 * GIB,
    256 * MIB,
  ),
});

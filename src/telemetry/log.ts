import pino from 'pino';
import type { Logger } from '../domain/logger.js';
import { REDACTED } from '../domain/secrets/list.js';
import { maskJson } from '../domain/secrets/mask-json.js';
import { maskLogText } from '../domain/secrets/mask.js';
import { redact } from './redaction.js';

export type { Logger } from '../domain/logger.js';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Writes a line that ends in a newline. Must neither block nor throw. */
  readonly write: (line: string) => void;
  /** Members of every line. */
  readonly base?: Readonly<Record<string, string>>;
}

/** Paths masked by pino, as a second defence after `redact`. */
const PATHS = ['authorization', 'client_secret', 'client_assertion', 'headers.authorization'];

/**
 * Creates a logger of JSON lines (pino): `time` (RFC 3339), `level`, `msg` and the fields.
 *
 * Secrets are masked twice: in the fields by name and shape, and in the finished line by shape, so that no serializer
 * can restore one.
 */
export function createLogger(options: LogOptions): Logger {
  const logger = pino(
    {
      level: options.level,
      base: options.base ?? {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: PATHS, censor: REDACTED },
      serializers: { err: (value: unknown) => value },
    },
    {
      write: (line: string) => {
        options.write(maskJson(line));
      },
    },
  );
  return {
    debug: (fields, message) => {
      if (logger.isLevelEnabled('debug')) logger.debug(redact(named(fields)), maskLogText(message));
    },
    info: (fields, message) => {
      if (logger.isLevelEnabled('info')) logger.info(redact(named(fields)), maskLogText(message));
    },
    warn: (fields, message) => {
      logger.warn(redact(named(fields)), maskLogText(message));
    },
    error: (fields, message) => {
      logger.error(redact(named(fields)), maskLogText(message));
    },
  };
}

/** Returns the fields; an error passed as fields is put under `err`. */
function named(fields: object): object {
  return fields instanceof Error ? { err: fields } : fields;
}

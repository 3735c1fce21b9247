import type { Logger } from '../../src/domain/logger.js';

const nothing = () => undefined;

/** A logger for tests that do not read the log. */
export const SILENT_LOG: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

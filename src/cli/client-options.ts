import type { CommonOptions } from './define.js';

/** Options that identify a client on the public listener. */
export interface ClientOptions extends CommonOptions {
  readonly publicUrl?: string;
  readonly clientId?: string;
  readonly clientSecretEnv?: string;
}

/** Default environment variable of a client's secret. */
export const DEFAULT_SECRET_VARIABLE = 'COUNTERSIGN_CLIENT_SECRET';

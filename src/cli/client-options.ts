import type { CommonOptions } from './define.js';

/** Who a command is on the public listener. */
export interface ClientOptions extends CommonOptions {
  readonly publicUrl?: string;
  readonly clientId?: string;
  readonly clientSecretEnv?: string;
}

/** The environment variable with a client's secret, unless another one is named. */
export const DEFAULT_SECRET_VARIABLE = 'COUNTERSIGN_CLIENT_SECRET';

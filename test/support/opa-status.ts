import type { OpaStatus } from '../../src/domain/opa-status.js';

/** A status with everything in it. */
export const STATUS: OpaStatus = {
  labels: { id: 'node-1', version: '0.1.0' },
  bundles: {
    countersign: {
      name: 'countersign',
      active_revision: 'rev-1',
      last_successful_activation: '2026-01-01T00:00:00.000Z',
      type: 'snapshot',
      size: 1000,
      last_successful_download: '2026-01-01T00:00:00.000Z',
      last_successful_request: '2026-01-01T00:00:00.000Z',
      last_request: '2026-01-01T00:00:01.000Z',
      code: 'bundle_error',
      message: 'over_limit: too large',
      errors: [{ code: 'bundle_error', message: 'too large' }],
    },
  },
  decision_logs: { code: 'decision_log_error', message: 'http: away', http_code: 503 },
  plugins: { bundle: { state: 'OK' }, decision_logs: { state: 'WARN', message: 'http: away' } },
};

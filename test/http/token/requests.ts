import type { Ask } from '../../support/http.js';

const BASIC = ['demo-agent', 'csk_demo'] as const;

/** One request in each codec; `overrides` replace members, undefined removes them. */
export function jsonAsk(overrides: Readonly<Record<string, unknown>> = {}): Ask {
  return { basic: BASIC, json: { resource: 'stripe', scope: 'read_invoices', ...overrides } };
}

export function formAsk(overrides: Readonly<Record<string, string>> = {}): Ask {
  const form = { grant_type: 'client_credentials', resource: 'stripe', scope: 'read_invoices' };
  return { basic: BASIC, form: { ...form, ...overrides } };
}

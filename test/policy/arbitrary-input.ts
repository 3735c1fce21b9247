import type fc from 'fast-check';
import type { PolicyInput } from '../../src/domain/policy.js';
import { policyInputs } from '../../src/policy/admission/inputs/policy-inputs.js';

const RESOURCE = 'research-api';

/** Inputs that match `rego/schemas/input.json`; few words, so that what is asked, granted and listed often meets. */
export const arbitraryInput: fc.Arbitrary<PolicyInput> = policyInputs({
  scopes: ['search', 'a', 'b', 'a:x', 'a:y', 'b:x', 'a:x:1', 'a:x:2', 'a:*', 'b:*', 'a:x:*', '*'],
  resources: [RESOURCE, RESOURCE, RESOURCE, 'other'],
  roles: ['demo', 'nobody'],
  texts: ['', 'x', 'träume ☃', '😀'],
  // Thresholds of the default configuration.
  numbers: [600, 30, 40, 0.8, 0.95],
});

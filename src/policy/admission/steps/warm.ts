import { warm } from '../../serving/make-instance.js';
import type { Candidate } from '../candidate.js';
import type { Found } from '../step-runner.js';

/**
 * Runs step `warm`: evaluates a probe until the code is warm, with a valid decision each time.
 * Throws BundleRefused.
 */
export function warmUp(candidate: Candidate): Found<Candidate> {
  warm(candidate.instance);
  return { value: candidate, detail: 'the probe gives a valid decision' };
}

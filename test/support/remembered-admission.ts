import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBundleAdmission } from '../../src/app/policy/gates.js';
import type { Config } from '../../src/config/config.js';
import type { AdmissionReport } from '../../src/domain/policy-lifecycle.js';
import type { BundleAdmission } from '../../src/use-cases/policy/ports.js';

/** A folder that the processes of one `npm test` share; without it, each process remembers for itself. */
const FOLDER = process.env['TESTS_ADMITTED'];
const passed = new Map<string, AdmissionReport>();

/**
 * The admission of the service, which does not try a bundle twice that passed with these options. Admission costs
 * seconds of a core, and most services of the tests start with the default bundle. A refusal is never remembered.
 */
export function rememberedAdmission(config: Config): BundleAdmission {
  const { entrypoint, admission, signatures, verification } = config.policy;
  const options = JSON.stringify({ entrypoint, admission, signatures, verification });
  const real = createBundleAdmission(config);
  return {
    async admit(archive, order) {
      const { highestSequence, allowUntested } = order;
      const key = createHash('sha256')
        .update(JSON.stringify([options, highestSequence, allowUntested]))
        .update(archive)
        .digest('hex');
      const known = passed.get(key) ?? readReport(key);
      const report = known ?? (await real.admit(archive, order));
      if (report.ok) passed.set(key, report);
      if (report.ok && known === undefined) writeReport(key, report);
      return report;
    },
  };
}

function readReport(key: string): AdmissionReport | undefined {
  if (FOLDER === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(join(FOLDER, key), 'utf8')) as AdmissionReport;
  } catch {
    return undefined;
  }
}

function writeReport(key: string, report: AdmissionReport): void {
  if (FOLDER === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  const whole = join(FOLDER, `${key}.${randomUUID()}`);
  writeFileSync(whole, JSON.stringify(report));
  renameSync(whole, join(FOLDER, key));
}

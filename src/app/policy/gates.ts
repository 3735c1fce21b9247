import type { BundleAdmission, ReplayGate } from '../../authorize/policy/ports.js';
import type { Config } from '../../config/config.js';
import { makeInstance, DEFAULT_INSTANCE_LIMITS } from '../../policy/activate.js';
import { hostBuiltins } from '../../policy/builtins/index.js';
import { createBundleOpener } from './bundles.js';

export function createBundleAdmission(config: Config): BundleAdmission {
  return {
    async admit(archive) {
      const at_ms = Date.now();
      try {
        const bundle = await createBundleOpener(config.policy).open(archive);
        await makeInstance(bundle, config.policy.entrypoint, hostBuiltins, DEFAULT_INSTANCE_LIMITS);
        return { ok: true, at_ms, took_ms: 0, steps: [] };
      } catch (error) {
        return {
          ok: false,
          at_ms,
          took_ms: 0,
          steps: [{ name: 'module', ok: false, detail: String(error), took_ms: 0 }],
        };
      }
    },
  };
}

export function createReplayGate(): ReplayGate {
  return {
    replay: () =>
      Promise.resolve({
        at_ms: Date.now(),
        since_ms: 0,
        replayed: 0,
        unchanged: 0,
        not_replayable: 0,
        changes: {},
      }),
  };
}

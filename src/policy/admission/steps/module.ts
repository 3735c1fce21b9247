import { DEFAULT_INSTANCE_LIMITS } from '../../serving/make-instance.js';
import type { Bundle } from '../../bundle/read.js';
import { BundleRefused } from '../../bundle/refused.js';
import { requireSafe } from '../../bundle/unsafe.js';
import { DEFAULT_ENTRYPOINT } from '../../serving/engine.js';
import { EngineFault } from '../../serving/fault.js';
import { Candidate } from '../candidate.js';
import type { AdmissionOptions } from '../options.js';
import type { Found } from '../step-runner.js';
import type { Whereabouts } from '../whereabouts.js';

const MIB = 1024 * 1024;

/**
 * Runs step `module` without evaluating.
 * Checks the ABI, the builtins, unsafe ones included, the entrypoint, the memory limits, and that the data fits. Throws
 * BundleRefused.
 */
export async function openModule(
  bundle: Bundle,
  options: AdmissionOptions,
  where: Whereabouts,
): Promise<Found<Candidate>> {
  const entrypoint = options.entrypoint ?? DEFAULT_ENTRYPOINT;
  const limits = options.limits ?? DEFAULT_INSTANCE_LIMITS;
  where.doing('module: compiling and loading data');
  await requireSafe(bundle);
  const candidate = await Candidate.open(bundle, entrypoint, limits, where).catch(
    (error: unknown) => {
      throw tooLarge(error) ? dataTooLarge(bundle, limits.memoryMaxBytes, error) : error;
    },
  );
  const wasmBytes = bundle.modules.get(entrypoint)?.original.length ?? 0;
  const detail =
    `${entrypoint}, ${String(wasmBytes)} bytes of WASM, ${String(bundle.data.length)} bytes of data, ` +
    `${mib(candidate.instance.memoryBytes)} MiB of memory once loaded`;
  return { value: candidate, detail };
}

function tooLarge(error: unknown): boolean {
  return (
    error instanceof BundleRefused &&
    error.cause instanceof EngineFault &&
    error.cause.fault === 'out_of_memory'
  );
}

function dataTooLarge(bundle: Bundle, memoryMaxBytes: number, cause: unknown): BundleRefused {
  return new BundleRefused(
    'over_limit',
    [
      `${String(bundle.data.length)} bytes of data do not fit into ${mib(memoryMaxBytes)} MiB of memory: ` +
        'data takes up to 15 times its size as JSON',
    ],
    cause,
  );
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}

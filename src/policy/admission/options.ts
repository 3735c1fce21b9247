import type { InstanceLimits } from '../serving/make-instance.js';
import type { BundleOptions } from '../bundle/read.js';
import type { PropertyLevels } from './properties/property.js';
import type { PolicyInput } from '../../domain/policy.js';
import type {
  AdmissionStep,
  FuelUse,
  KnownInput,
  TestedInputs,
} from '../../domain/policy-lifecycle.js';
import type { StepName } from './step-runner.js';

/** Options of admission. They are sent to a thread, so they hold data and no functions. */
export interface AdmissionOptions {
  readonly bundle: BundleOptions;
  /** Name in the manifest; `countersign/decision` by default. */
  readonly entrypoint?: string;
  /** A bundle with a lower sequence is refused as a downgrade; 0, the default, refuses none. */
  readonly highestSequence?: number;
  /** Limits of the instance, as in serving. */
  readonly limits?: InstanceLimits;
  /** Maximum input size of the engine, in bytes; the worst-case inputs come close to it. */
  readonly inputMaxBytes?: number;
  /** Total time, including the start of the thread, in milliseconds; 10,000 by default. */
  readonly deadlineMs?: number;
  /** JavaScript heap of the thread, in MiB; 512 by default. WASM memory has the limits of the instance. */
  readonly heapMiB?: number;
  /** Number of generated inputs for every property; 400 by default. */
  readonly inputs?: number;
  /** Seed of the generated inputs; by default from the bundle's digest, so that its verdict is stable. */
  readonly seed?: number;
  /** Effect of a violation of each property; an omitted property keeps its default. */
  readonly properties?: PropertyLevels;
  /**
   * Maximum time of an ordinary input, in milliseconds; 100 by default.
   * Refuses a bundle that exceeds it on every try.
   */
  readonly evaluationMaxMs?: number;
  /**
   * Maximum time of the largest valid inputs, in milliseconds; 2,000 by default.
   * A time above `evaluationMaxMs` is a warning.
   */
  readonly largestMaxMs?: number;
  /** Action on a bundle that no input tested: refuses it, or is a warning; `refuse` by default. */
  readonly untested?: 'refuse' | 'warn';
  /** Inputs of the service; none by default. */
  readonly samples?: SampledInputs;
}

/** Inputs that the service knows and the bundle does not carry. */
export interface SampledInputs {
  /** Of recorded decisions. */
  readonly recorded: readonly PolicyInput[];
  /** Of registered agents and resources. */
  readonly registry: readonly PolicyInput[];
}

export const NO_SAMPLES: SampledInputs = { recorded: [], registry: [] };

export const ADMISSION_DEADLINE_MS = 10_000;
export const ADMISSION_HEAP_MIB = 512;
export const EVALUATION_MAX_MS = 100;
/** Fuel ends such an evaluation in serving; several times what the default policy takes on a quiet machine. */
export const LARGEST_MAX_MS = 2000;
export const GENERATED_INPUTS = 400;

/** Input of the thread. */
export interface AdmissionTask {
  readonly archive: Uint8Array;
  readonly options: AdmissionOptions;
  /** Shared memory; see Whereabouts. */
  readonly shared: SharedArrayBuffer;
  /**
   * Time at which the thread is terminated, in monotonic milliseconds since the epoch.
   * Steps that can be shortened stop before it.
   */
  readonly endAtMs: number;
}

/** Progress message of the thread. */
export type Progress =
  | { readonly begins: StepName }
  | { readonly ended: AdmissionStep }
  | { readonly known: KnownInput }
  | { readonly fuel: FuelUse }
  | { readonly inputs: TestedInputs }
  | { readonly identity: { readonly digest: string; readonly revision: string } };

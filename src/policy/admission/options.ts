import type { InstanceLimits } from '../serving/make-instance.js';
import type { BundleOptions } from '../bundle/read.js';
import type { PropertyLevels } from './properties/property.js';
import type { AdmissionStep, KnownInput } from '../../domain/policy-lifecycle.js';
import type { StepName } from './step-runner.js';

/** How bundles are admitted. It crosses to a thread: data only, no functions. */
export interface AdmissionOptions {
  readonly bundle: BundleOptions;
  /** As the manifest names it; `countersign/decision` by default. */
  readonly entrypoint?: string;
  /** A bundle with a lower sequence is refused as a downgrade; 0, the default, refuses none. */
  readonly highestSequence?: number;
  /** Of the instance, as it would serve. */
  readonly limits?: InstanceLimits;
  /** Largest input the engine takes; the worst-case inputs come near it. */
  readonly inputMaxBytes?: number;
  /** For everything, the start of the thread included; 10 s by default. */
  readonly deadlineMs?: number;
  /** JavaScript heap of the thread, in MiB; 512 by default. WASM memory has the limits of the instance. */
  readonly heapMiB?: number;
  /** Inputs that are generated and put to every property; 400 by default. */
  readonly inputs?: number;
  /** What the inputs are generated from; by default the bundle's digest, so that a bundle's verdict does not change. */
  readonly seed?: number;
  /** What a violation of each property does; what is not named keeps its own default. */
  readonly properties?: PropertyLevels;
  /** An ordinary input that takes longer, each time it is tried, refuses the bundle; 100 ms by default. */
  readonly evaluationMaxMs?: number;
  /** The same for the largest inputs the service would pass on; 500 ms by default. Above the other limit is a warning. */
  readonly largestMaxMs?: number;
}

export const ADMISSION_DEADLINE_MS = 10_000;
export const ADMISSION_HEAP_MIB = 512;
export const EVALUATION_MAX_MS = 100;
export const LARGEST_MAX_MS = 500;
export const GENERATED_INPUTS = 400;

/** What the thread is given. */
export interface AdmissionTask {
  readonly archive: Uint8Array;
  readonly options: AdmissionOptions;
  /** Memory that both sides see; see Whereabouts. */
  readonly shared: SharedArrayBuffer;
  /** When the thread is ended: what can be cut short stops before. Milliseconds since the epoch, monotonic. */
  readonly endAtMs: number;
}

/** What the thread tells while it works. */
export type Progress =
  | { readonly begins: StepName }
  | { readonly ended: AdmissionStep }
  | { readonly known: KnownInput }
  | { readonly identity: { readonly digest: string; readonly revision: string } };

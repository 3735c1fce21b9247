import { buildInstance, DEFAULT_INSTANCE_LIMITS, type InstanceLimits } from './make-instance.js';
import type { Bundle } from '../bundle/read.js';
import type { HostBuiltins } from '../builtins/host-builtin.js';
import { hostBuiltins } from '../builtins/index.js';
import { EngineFault } from './fault.js';
import { canonicalJson, NotCanonical } from '../json/canonical.js';

/** Evaluates any entrypoint of a bundle without interpreting its result. */
export interface RawEvaluator {
  /**
   * Returns the value of the entrypoint with sets as arrays; undefined when it is undefined.
   * Throws EngineFault; the next evaluation works after a fault.
   */
  evaluate(input: unknown): unknown;
}

export interface RawEvaluatorOptions {
  readonly builtins?: HostBuiltins;
  readonly limits?: InstanceLimits;
  readonly inputMaxBytes?: number;
  readonly resultMaxBytes?: number;
}

const MIB = 1024 * 1024;

/**
 * Creates an evaluator of one entrypoint, with a separate instance.
 * Throws BundleRefused, as activation does.
 */
export async function createEvaluator(
  bundle: Bundle,
  entrypoint: string,
  options: RawEvaluatorOptions = {},
): Promise<RawEvaluator> {
  const { builtins = hostBuiltins, limits = DEFAULT_INSTANCE_LIMITS } = options;
  const { inputMaxBytes = MIB, resultMaxBytes = MIB } = options;
  const instance = await buildInstance(bundle, entrypoint, builtins, limits, resultMaxBytes);
  return {
    evaluate: (input) => valueOf(instance.evaluate(encode(input, inputMaxBytes))),
  };
}

function encode(input: unknown, maxBytes: number): Buffer {
  let text: string;
  try {
    text = canonicalJson(input);
  } catch (error) {
    if (error instanceof NotCanonical) throw new EngineFault('input_invalid', error.why, error);
    throw error;
  }
  const bytes = Buffer.from(text);
  // The package's ABI drops a falsy input and mis-encodes a text.
  if (!text.startsWith('{')) throw new EngineFault('input_invalid', 'the input is not an object');
  if (bytes.length > maxBytes) throw new EngineFault('input_invalid', 'the input is too large');
  return bytes;
}

function valueOf(text: string | undefined): unknown {
  if (text === undefined) throw new EngineFault('abort', 'the result is too large');
  // The instance returns one result or none.
  const [first] = JSON.parse(text) as readonly { readonly result?: unknown }[];
  return first?.result;
}

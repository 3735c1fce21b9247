import { CountersignError, unavailable } from '../../domain/errors.js';

/** Seconds that a caller waits after an evaluation that used up its budget: a repeat ends alike. */
const BUDGET_RETRY_SECONDS = 60;

/** Classes of engine faults, for logs and as a metric label; never exposed to a caller. */
export const FAULT_CLASSES = [
  'abort',
  'trap',
  'budget',
  'budget_repeat',
  'conflict',
  'builtin',
  'missing_builtin',
  'out_of_memory',
  'result_unreadable',
  'known_answer',
  'input_invalid',
  'reentrant',
  'breaker',
  'no_bundle',
  'unknown',
] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

/** A fault of one evaluation; publicFault() converts it. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault';

  constructor(
    readonly fault: FaultClass,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** Faults for lack of fuel: in an evaluation, or in an earlier one of an equal request. */
const BUDGET_FAULTS: ReadonlySet<FaultClass> = new Set(['budget', 'budget_repeat']);

/** Returns the 503 of a fault: `policy_budget_exceeded` for lack of fuel, else `temporarily_unavailable`. */
export function publicFault(what: string, fault: EngineFault): CountersignError {
  const internal = `${what}: ${fault.fault}: ${fault.message}`;
  if (!BUDGET_FAULTS.has(fault.fault)) return unavailable(internal, fault);
  return new CountersignError(
    'policy_budget_exceeded',
    'Nothing was granted.',
    { retryAfterSeconds: BUDGET_RETRY_SECONDS },
    internal,
    fault,
  );
}

/**
 * Converts any value thrown by WASM to an EngineFault.
 * The package throws strings and plain objects, V8 throws its own errors, and `opa_abort` throws an EngineFault.
 */
export function classifyFault(thrown: unknown): EngineFault {
  if (thrown instanceof EngineFault) return thrown;
  if (thrown instanceof WebAssembly.RuntimeError) {
    return new EngineFault('trap', thrown.message, thrown);
  }
  if (thrown instanceof RangeError) {
    const memory = /memory|allocation/i.test(thrown.message);
    return new EngineFault(memory ? 'out_of_memory' : 'trap', thrown.message, thrown);
  }
  if (thrown instanceof Error) return new EngineFault('unknown', thrown.message, thrown);
  const text = textOf(thrown);
  return text.startsWith('not implemented: built-in function')
    ? new EngineFault('missing_builtin', text, thrown)
    : abortFault(text);
}

/** Returns the fault for a message of `opa_abort`. */
export function abortFault(message: string): EngineFault {
  if (message.includes('conflict')) return new EngineFault('conflict', message);
  if (/opa_malloc: failed|out of memory/.test(message)) {
    return new EngineFault('out_of_memory', message);
  }
  return new EngineFault('abort', message);
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
    return String(thrown.message);
  }
  return 'something that is not an error was thrown';
}

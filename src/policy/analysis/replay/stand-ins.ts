import { createHmac } from 'node:crypto';
import type { PolicyInput } from '../../../domain/policy.js';
import type { Bundle } from '../../bundle/read.js';

/** Texts worth digesting: longer ones are no names, and there is an end to how many. */
const MAX_CONSTANT_CHARS = 256;
const MAX_CONSTANTS = 200_000;
/** Two texts that have nothing in common, for values that no text of the bundle stands for. */
const STAND_INS = ['stand-in', 'Other STAND IN 2, of another length; x@stand-in.invalid'] as const;

/** Inputs in place of one with masked values, and the pointers that stay unknown. */
export interface StoodIn {
  /** One when every value is known, else one for each stand-in. */
  readonly inputs: readonly PolicyInput[];
  readonly unknown: readonly string[];
}

/** What masked values may have been. */
export interface StandIns {
  /** `others`: texts of the input itself, which its masked values may repeat. */
  forInput(input: PolicyInput, masked: readonly string[]): StoodIn;
}

/**
 * A policy can only ask whether a masked text equals one it knows, or look inside it. The first is answered: every
 * text of the bundle is digested with the key, and a masked value with the same digest is that text. For the rest
 * two stand-ins are put in, and the outcomes compared. A policy that looks for a prefix or a pattern that neither
 * stand-in has can still decide otherwise than it would have on the real value.
 */
export function createStandIns(bundle: Bundle, keys: readonly Uint8Array[]): StandIns {
  const known = keys.length === 0 ? new Map<string, string>() : digested(textsOf(bundle), keys);
  return {
    forInput(input, masked) {
      const own = digested(textsIn(input), keys);
      const paths = masked.map((pointer) => ({ pointer, steps: stepsOf(pointer) }));
      const unknown: string[] = [];
      const inputs = STAND_INS.map(() => structuredClone(input));
      for (const { pointer, steps } of paths) {
        const value = valueAt(input, steps);
        // Shrinking took it away.
        if (value === undefined) continue;
        const text = typeof value === 'string' ? (known.get(value) ?? own.get(value)) : undefined;
        if (text === undefined) unknown.push(pointer);
        inputs.forEach((each, i) => {
          setAt(each, steps, text ?? STAND_INS[i]);
        });
      }
      return { inputs: unknown.length === 0 ? inputs.slice(0, 1) : inputs, unknown };
    },
  };
}

function digested(texts: Iterable<string>, keys: readonly Uint8Array[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const text of texts) {
    for (const key of keys) {
      found.set(`hmac-sha256:${createHmac('sha256', key).update(text).digest('hex')}`, text);
    }
  }
  return found;
}

/** Every text of the data, and every constant of the modules: OPA ends each with a NUL in the data section. */
function textsOf(bundle: Bundle): Set<string> {
  const texts = textsIn(JSON.parse(Buffer.from(bundle.data).toString('utf8')));
  for (const wasm of bundle.modules.values()) {
    for (const run of Buffer.from(wasm).toString('utf8').split('\0')) {
      if (texts.size >= MAX_CONSTANTS) return texts;
      if (run !== '' && run.length <= MAX_CONSTANT_CHARS) texts.add(run);
    }
  }
  return texts;
}

function textsIn(root: unknown): Set<string> {
  const texts = new Set<string>();
  const left: unknown[] = [root];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (texts.size >= MAX_CONSTANTS) break;
    if (typeof value === 'string') {
      if (value.length <= MAX_CONSTANT_CHARS) texts.add(value);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) left.push(key, member ?? 0);
    }
  }
  return texts;
}

function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(root: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined,
    root,
  );
}

function setAt(root: unknown, steps: readonly string[], value: unknown): void {
  const parent = valueAt(root, steps.slice(0, -1));
  const last = steps.at(-1);
  if (typeof parent === 'object' && parent !== null && last !== undefined) {
    Reflect.set(parent, last, value);
  }
}

import { createHmac } from 'node:crypto';
import { parsePointer, valueAt } from '../../../domain/json-pointer.js';
import type { PolicyInput } from '../../../domain/policy.js';
import { moduleTexts } from '../../bundle/constants.js';
import type { Bundle } from '../../bundle/read.js';

/** Maximum length, in characters, and number of texts to digest. Longer texts are not names. */
const MAX_CONSTANT_CHARS = 256;
const MAX_CONSTANTS = 200_000;
/** Two dissimilar texts that replace values unknown to the bundle. */
const STAND_INS = ['stand-in', 'Other STAND IN 2, of another length; x@stand-in.invalid'] as const;

/** Inputs that replace one with masked values, and the pointers that remain unknown. */
export interface StoodIn {
  /** One input when every value is known, else one per stand-in. */
  readonly inputs: readonly PolicyInput[];
  readonly unknown: readonly string[];
}

/** Candidates for masked values. */
export interface StandIns {
  /** Replaces masked values. `others`: texts of the input itself, which its masked values may repeat. */
  forInput(input: PolicyInput, masked: readonly string[]): StoodIn;
}

/**
 * Creates replacements for masked values.
 * A policy can only compare a masked text or look inside it. For comparisons, every text of the bundle is digested with
 * the key: a masked value with an equal digest is that text. Other values get two stand-ins, and the outcomes are
 * compared. A policy that tests for a prefix or pattern in neither stand-in may still decide differently than on the
 * real value.
 */
export function createStandIns(bundle: Bundle, keys: readonly Uint8Array[]): StandIns {
  const known = keys.length === 0 ? new Map<string, string>() : digested(textsOf(bundle), keys);
  return {
    forInput(input, masked) {
      const own = digested(textsIn(input), keys);
      const paths = masked.map((pointer) => ({ pointer, steps: parsePointer(pointer) }));
      const unknown: string[] = [];
      const inputs = STAND_INS.map(() => structuredClone(input));
      for (const { pointer, steps } of paths) {
        const value = valueAt(input, steps);
        // Removed by shrinking.
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

/** Returns every text of the data and every constant of the modules. */
function textsOf(bundle: Bundle): Set<string> {
  const texts = textsIn(JSON.parse(Buffer.from(bundle.data).toString('utf8')));
  for (const { original } of bundle.modules.values()) {
    const { own, runtime } = moduleTexts(original);
    for (const text of [...own, ...runtime]) {
      if (texts.size >= MAX_CONSTANTS) return texts;
      if (text.length <= MAX_CONSTANT_CHARS) texts.add(text);
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

function setAt(root: unknown, steps: readonly string[], value: unknown): void {
  const parent = valueAt(root, steps.slice(0, -1));
  const last = steps.at(-1);
  if (typeof parent === 'object' && parent !== null && last !== undefined) {
    Reflect.set(parent, last, value);
  }
}

import type { DecisionEvent } from '../../domain/decision-log.js';
import {
  MaskInvalid,
  namesOf,
  readMaskPath,
  unescaped,
  type Maskable,
  type MaskPath,
} from './pointer.js';

/** One mask: removes a member or replaces its value. */
export interface MaskRule extends MaskPath {
  readonly op: 'remove' | 'upsert';
  readonly value?: unknown;
}

/**
 * Parses the result of a `system/log/mask` rule: a set or array of paths and of `{op, path, value}`
 * (OPA, `newMaskRuleSet`). Throws MaskInvalid when one of them is invalid: then no content of the event may be shown.
 */
export function readMasks(result: unknown): readonly MaskRule[] {
  if (!Array.isArray(result)) throw new MaskInvalid('the masks must be a set or an array');
  return result.map((rule: unknown) => {
    if (typeof rule === 'string') return { op: 'remove', ...readMaskPath(rule) };
    if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) {
      throw new MaskInvalid('a mask must be a path or an object');
    }
    const { op, path, value = null } = rule as Readonly<Record<string, unknown>>;
    if (op !== 'remove' && op !== 'upsert') throw new MaskInvalid('op must be remove or upsert');
    return { op, ...readMaskPath(path), value };
  });
}

type Parts = Partial<Record<Maskable, unknown>>;

/** Applies the masks in order, and lists the effect of each in `erased` and `masked`. */
export function applyMasks(event: DecisionEvent, rules: readonly MaskRule[]): DecisionEvent {
  if (rules.length === 0) return event;
  const { input, result, nd_builtin_cache, custom, ...rest } = event;
  // A copy as JSON: the masks change it in place, and no two of its members may share an object.
  const text = JSON.stringify({ input, result, nd_builtin_cache, custom });
  const parts = JSON.parse(text) as Parts;
  const erased = new Set(event.erased);
  const masked = new Set(event.masked);
  for (const rule of rules) {
    if (parts[rule.part] === undefined) continue;
    if (rule.op === 'remove' && remove(parts, rule)) erased.add(rule.text);
    if (rule.op === 'upsert' && upsert(parts, rule)) masked.add(rule.text);
  }
  return {
    ...rest,
    ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)),
    ...(erased.size === 0 ? {} : { erased: [...erased] }),
    ...(masked.size === 0 ? {} : { masked: [...masked] }),
  };
}

/** Returns the event without any maskable content, for an event that could not be masked. */
export function withoutContent(event: DecisionEvent): DecisionEvent {
  const { labels, decision_id, bundles, path, timestamp, metrics, custom } = event;
  const kept = ['event_id', 'type', 'input_digest'].flatMap((name) => {
    const value = custom?.[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    labels,
    decision_id,
    ...(bundles === undefined ? {} : { bundles }),
    ...(path === undefined ? {} : { path }),
    erased: ['/input', '/result', '/custom'],
    timestamp,
    ...(metrics === undefined ? {} : { metrics }),
    custom: { ...Object.fromEntries(kept), mask_error: true },
  };
}

type Container = Record<string, unknown> | unknown[];

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

/** Returns the name or index of a step in a container; undefined when it does not exist. */
function keyIn(node: Container, step: string): string | number | undefined {
  if (!Array.isArray(node)) return namesOf(step).find((name) => Object.hasOwn(node, name));
  const index = indexOf(step);
  return index !== undefined && index < node.length ? index : undefined;
}

/** Parses an index like Go's `strconv.Atoi`. */
function indexOf(step: string): number | undefined {
  const index = /^[+-]?[0-9]{1,15}$/.test(step) ? Number(step) : Number.NaN;
  return index >= 0 ? index : undefined;
}

function memberOf(node: Container, key: string | number): unknown {
  return Reflect.get(node, key);
}

/** Sets a member by definition, not assignment: `__proto__` is an ordinary member. */
function setMember(node: Container, key: string | number, value: unknown): void {
  Object.defineProperty(node, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function remove(parts: Parts, { part, steps }: MaskRule): boolean {
  const last = steps.at(-1);
  if (last === undefined) {
    parts[part] = undefined;
    return true;
  }
  let node = parts[part];
  for (const step of steps.slice(0, -1)) {
    const key = isContainer(node) ? keyIn(node, step) : undefined;
    if (!isContainer(node) || key === undefined) return false;
    node = memberOf(node, key);
  }
  if (!isContainer(node)) return false;
  const key = keyIn(node, last);
  if (key === undefined) return false;
  if (Array.isArray(node)) node.splice(Number(key), 1);
  else Reflect.deleteProperty(node, key);
  return true;
}

function upsert(parts: Parts, { part, steps, value }: MaskRule): boolean {
  const last = steps.at(-1);
  if (last === undefined) {
    parts[part] = value;
    return true;
  }
  let node = parts[part];
  for (const step of steps.slice(0, -1)) {
    if (!isContainer(node)) return false;
    const key = keyIn(node, step);
    if (key !== undefined) {
      node = memberOf(node, key);
    } else if (Array.isArray(node)) {
      return false;
    } else {
      const made = {};
      setMember(node, unescaped(step), made);
      node = made;
    }
  }
  if (!isContainer(node)) return false;
  const key = keyIn(node, last) ?? (Array.isArray(node) ? undefined : unescaped(last));
  if (key === undefined) return false;
  setMember(node, key, structuredClone(value));
  return true;
}

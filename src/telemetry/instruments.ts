import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** A counter with labels of these values. */
export interface LabelledCounter<T> {
  inc(labels: T, count?: number): void;
}

/** A gauge with labels of these values. */
export interface LabelledGauge<T> {
  set(labels: T, value: number): void;
  /** Exports no value until the next `set`. */
  reset(): void;
}

/** A histogram with labels of these values. */
export interface LabelledHistogram<T> {
  observe(labels: T, value: number): void;
}

/** A gauge that is 1 or 0. */
export interface Flag {
  set(on: boolean): void;
}

/** The exported text of each label's value. */
type LabelRules<T> = { readonly [Label in keyof T & string]: (value: T[Label]) => string };

/** The rule of a label that has few values by its type or its source. */
export function asGiven(value: string): string {
  return value;
}

/** Maximum distinct values of a label; further ones become `other`. */
const MAX_VALUES = 64;

/** Returns the rule of a label that bounds its distinct values. */
export function boundedLabel(max = MAX_VALUES): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= max) return 'other';
    seen.add(value);
    return value;
  };
}

/** Declares metrics in a registry: each call is the one place of its metric's name, help, labels and their types. */
export class Instruments {
  constructor(readonly registry: Registry) {}

  counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] });
  }

  gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }

  flag(name: string, help: string): Flag {
    const gauge = this.gauge(name, help);
    return {
      set: (on) => {
        gauge.set(on ? 1 : 0);
      },
    };
  }

  labelledCounter<T>(name: string, help: string, rules: LabelRules<T>): LabelledCounter<T> {
    const labelNames = Object.keys(rules);
    const counter = new Counter({ name, help, labelNames, registers: [this.registry] });
    return {
      inc: (labels, count = 1) => {
        counter.inc(exported(rules, labels), count);
      },
    };
  }

  labelledGauge<T>(name: string, help: string, rules: LabelRules<T>): LabelledGauge<T> {
    const labelNames = Object.keys(rules);
    const gauge = new Gauge({ name, help, labelNames, registers: [this.registry] });
    return {
      set: (labels, value) => {
        gauge.set(exported(rules, labels), value);
      },
      reset: () => {
        gauge.reset();
      },
    };
  }

  labelledHistogram<T>(
    name: string,
    help: string,
    rules: LabelRules<T>,
    buckets: number[],
  ): LabelledHistogram<T> {
    const labelNames = Object.keys(rules);
    const registers = [this.registry];
    const histogram = new Histogram({ name, help, labelNames, buckets, registers });
    return {
      observe: (labels, value) => {
        histogram.observe(exported(rules, labels), value);
      },
    };
  }
}

function exported<T>(rules: LabelRules<T>, labels: T): Record<string, string> {
  const names = Object.keys(rules) as (keyof T & string)[];
  return Object.fromEntries(names.map((label) => [label, rules[label](labels[label])]));
}

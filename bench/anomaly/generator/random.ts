/** Random numbers that follow from the seed alone, on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  readonly normal: () => number;
  readonly exponential: (mean: number) => number;
  readonly poisson: (mean: number) => number;
  /** Gamma with this mean and standard deviation; the deviation is at most the mean. */
  readonly gamma: (mean: number, deviation: number) => number;
  /** Uniform over whole numbers, both ends included. */
  readonly whole: (range: readonly [number, number]) => number;
  readonly between: (range: readonly [number, number]) => number;
  readonly pick: <T>(from: readonly T[]) => T;
  readonly chance: (probability: number) => boolean;
}

/** Above this mean a Poisson count is drawn as a rounded normal one. */
const NORMAL_FROM = 30;

/** Mulberry32: 32 bits of state are plenty for a few thousand draws per agent. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function randomOf(seed: number): Random {
  const uniform = mulberry(seed);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const between = ([low, high]: readonly [number, number]): number =>
    low + (high - low) * uniform();
  return {
    ...{ uniform, normal, between },
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    poisson: (mean) => poisson(mean, uniform, normal),
    gamma: (mean, deviation) => gamma(mean, deviation, uniform, normal),
    whole: ([low, high]) => low + Math.floor(uniform() * (high - low + 1)),
    pick: (from) => {
      const picked = from[Math.floor(uniform() * from.length)];
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
    chance: (probability) => uniform() < probability,
  };
}

function poisson(mean: number, uniform: () => number, normal: () => number): number {
  if (mean > NORMAL_FROM) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  const target = uniform();
  let count = 0;
  let probability = Math.exp(-mean);
  let sum = probability;
  while (target > sum && count < 1000) {
    count++;
    probability *= mean / count;
    sum += probability;
  }
  return count;
}

/** Marsaglia and Tsang, "A simple method for generating gamma variables", 2000. */
function gamma(
  mean: number,
  deviation: number,
  uniform: () => number,
  normal: () => number,
): number {
  const shape = Math.max(1, (mean / deviation) ** 2);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
      return (d * v * mean) / shape;
    }
  }
}

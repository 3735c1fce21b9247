import type { Stage, StageTimer } from './ports.js';

/** Runs a stage and reports its duration to the timer, also when it failed. */
export async function timed<T>(
  deps: { readonly timer: StageTimer },
  stage: Stage,
  run: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  try {
    return await run();
  } finally {
    deps.timer(stage, performance.now() - started);
  }
}

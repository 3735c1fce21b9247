import type { JobPorts } from './ports.js';

type Ports = Pick<JobPorts, 'metrics' | 'clock' | 'monotonicMs'>;

/** Runs a job and records its duration and outcome once. Returns or throws the result of the run. */
export async function measureRun<T>(ports: Ports, job: string, run: () => Promise<T>): Promise<T> {
  const { metrics, clock, monotonicMs = () => performance.now() } = ports;
  const startedMs = monotonicMs();
  let ok = false;
  try {
    const result = await run();
    ok = true;
    return result;
  } finally {
    const seconds = (monotonicMs() - startedMs) / 1000;
    metrics.jobEnded({ job, ok, seconds, endedAtMs: clock.nowMs() });
  }
}

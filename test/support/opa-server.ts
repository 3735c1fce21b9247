import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { opaBinary } from './bundles/opa.js';
import { until } from './episode.js';
import { freePort } from './redis.js';

/** The masks come with the question, so that one server serves every case. */
const REGO = `package system.log

mask := input.result.masks if input.result.masks

drop if input.result.drop`;
const ECHO = `package echo

answer := input.answer`;

export type LoggedEvent = Readonly<Record<string, unknown>> & { readonly decision_id: string };

/** A real OPA server that logs its decisions. */
export interface OpaServer {
  readonly url: string;
  /** Asks for a decision over `input` with the result `answer`, and returns what the decision log says of it. */
  decide(input: Readonly<Record<string, unknown>>): Promise<LoggedEvent | undefined>;
  stop(): void;
}

/** Starts it, with more settings (`--set`) where they are given. */
export async function startOpa(settings: readonly string[] = []): Promise<OpaServer> {
  const dir = mkdtempSync(join(tmpdir(), 'cs-opa-'));
  writeFileSync(join(dir, 'mask.rego'), REGO);
  writeFileSync(join(dir, 'echo.rego'), ECHO);
  const port = await freePort();
  const child: ChildProcess = spawn(
    opaBinary(),
    [
      ...['run', '--server', '--addr', `127.0.0.1:${String(port)}`, '--log-format', 'json'],
      ...['decision_logs.console=true', ...settings].flatMap((setting) => ['--set', setting]),
      ...['--disable-telemetry', dir],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => (output += text));
  const url = `http://127.0.0.1:${String(port)}`;
  await until('the OPA server answers', async () => {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    return answer?.ok === true;
  });
  return {
    url,
    async decide(input) {
      output = '';
      const answer = await fetch(`${url}/v1/data/echo/answer`, {
        method: 'POST',
        body: JSON.stringify({ input }),
      });
      const { decision_id: id } = (await answer.json()) as { decision_id: string };
      const ended = (): readonly Record<string, unknown>[] =>
        output
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Record<string, unknown>);
      // The line of the response comes after that of the decision.
      await until('OPA logged the decision', () =>
        ended().some(({ msg }) => msg === 'Sent response.'),
      );
      return ended().find((line) => line['decision_id'] === id) as LoggedEvent | undefined;
    },
    stop() {
      child.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

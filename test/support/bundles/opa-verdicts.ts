import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { until } from '../episode.js';
import { opaBinary } from './opa.js';
import type { SignatureAlg } from '../../../src/policy/bundle/signature/algorithms.js';

export interface OpaKey {
  readonly key: string;
  readonly algorithm: SignatureAlg;
  readonly scope?: string;
}

/** A bundle that OPA is asked to load, and which key it must be signed with; absent: the one the signature names. */
export interface OpaQuestion {
  readonly archive: Buffer;
  readonly keyId?: string;
}

/** Undefined when the bundle was read and verified; otherwise what OPA says is wrong with it. */
export type OpaVerdict = string | undefined;

interface BundleStatus {
  readonly last_request: string;
  readonly last_successful_download: string;
  readonly message?: string;
}

/**
 * Asks a real `opa run` for its verdict on each bundle: all are in one configuration, every one with a `signing` block.
 * Whether one was read follows from `last_successful_download`, which OPA sets after it verified it.
 */
export async function opaVerdicts(
  keys: Readonly<Record<string, OpaKey>>,
  questions: ReadonlyMap<string, OpaQuestion>,
): Promise<ReadonlyMap<string, OpaVerdict>> {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-opa-run-'));
  const names = [...questions.keys()];
  const bundles: Record<string, object> = {};
  for (const [index, name] of names.entries()) {
    const { archive, keyId } = questions.get(name) ?? { archive: Buffer.alloc(0) };
    const file = join(dir, `${String(index)}.tar.gz`);
    writeFileSync(file, archive);
    const signing = keyId === undefined ? {} : { keyid: keyId };
    bundles[`b${String(index)}`] = { resource: `file://${file}`, signing };
  }
  writeFileSync(
    join(dir, 'opa.json'),
    JSON.stringify({ keys, bundles, status: { console: true } }),
  );
  const socket = join(dir, 'opa.sock');
  const child = spawn(
    opaBinary(),
    [
      'run',
      '--server',
      '--disable-telemetry',
      '--addr',
      `unix://${socket}`,
      '-c',
      join(dir, 'opa.json'),
    ],
    { stdio: 'ignore' },
  );
  const agent = new Agent({ connect: { socketPath: socket } });
  try {
    let found: Readonly<Record<string, BundleStatus>> = {};
    await until('opa looked at every bundle', async () => {
      found = await statusOf(agent);
      return names.every((_, index) => isSet(found[`b${String(index)}`]?.last_request));
    });
    return new Map(
      names.map((name, index) => {
        const { last_successful_download: read, message } = found[`b${String(index)}`] ?? {};
        return [name, isSet(read) ? undefined : (message ?? 'no message')];
      }),
    );
  } finally {
    child.kill('SIGKILL');
    await agent.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function statusOf(agent: Agent): Promise<Readonly<Record<string, BundleStatus>>> {
  try {
    const reply = await request('http://opa/v1/status', { dispatcher: agent });
    const { result } = (await reply.body.json()) as {
      result?: { bundles?: Record<string, BundleStatus> };
    };
    return result?.bundles ?? {};
  } catch {
    return {};
  }
}

function isSet(time: string | undefined): boolean {
  return time !== undefined && !time.startsWith('0001-');
}

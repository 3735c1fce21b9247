import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PolicyInput } from '../../../domain/policy.js';
import type { Explanation } from '../../../domain/policy-analysis.js';
import type { Bundle } from '../../bundle/read.js';
import type { Opa } from '../../runners/opa.js';

const CAPABILITIES = new URL('../../../../rego/capabilities.json', import.meta.url);
const TIMEOUT_MS = 10_000;
/** A trace is read by a person: what is longer is cut at the end of a line. */
const MAX_CHARS = 256 * 1024;

type Traced = Pick<Explanation, 'trace' | 'why_no_trace'>;

/**
 * How `opa eval` gets to the decision, step by step, over the sources that the bundle carries. The binary evaluates
 * Rego itself, not the WASM that serves: both agree, or the differential tests fail. Never throws.
 */
export async function traceDecision(
  opa: Opa | undefined,
  { bundle, entrypoint }: { readonly bundle: Bundle; readonly entrypoint: string },
  input: PolicyInput,
): Promise<Traced> {
  if (bundle.sources.size === 0) return { why_no_trace: 'the bundle carries no sources' };
  if (opa === undefined) return { why_no_trace: 'there is no opa binary on this machine' };
  const folder = await mkdtemp(join(tmpdir(), 'countersign-trace-'));
  try {
    for (const [path, text] of bundle.sources) await write(join(folder, 'sources', path), text);
    await write(join(folder, 'data.json'), Buffer.from(bundle.data).toString('utf8'));
    await write(join(folder, 'input.json'), JSON.stringify(input));
    await write(join(folder, 'capabilities.json'), confined());
    const query = `data.${entrypoint.replaceAll('/', '.')}`;
    const { code, stdout, stderr } = await opa.run(
      [
        ...['eval', '--data', 'sources', '--data', 'data.json', '--input', 'input.json'],
        ...[
          '--capabilities',
          'capabilities.json',
          '--explain',
          'full',
          '--format',
          'pretty',
          query,
        ],
      ],
      { cwd: folder, timeoutMs: TIMEOUT_MS },
    );
    if (code !== 0) return { why_no_trace: `opa eval failed: ${firstLine(stderr || stdout)}` };
    return { trace: bounded(stdout) };
  } catch (error) {
    return { why_no_trace: `opa eval could not be run: ${String(error)}` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Whoever wrote the Rego must not reach out from this machine: not by a builtin such as `http.send`, which the
 * policy's capabilities lack, and not by a schema in METADATA that OPA would fetch.
 */
function confined(): string {
  const capabilities = JSON.parse(readFileSync(CAPABILITIES, 'utf8')) as object;
  return JSON.stringify({ ...capabilities, allow_net: [] });
}

function bounded(text: string): { readonly text: string; readonly truncated: boolean } {
  if (text.length <= MAX_CHARS) return { text, truncated: false };
  const end = text.lastIndexOf('\n', MAX_CHARS);
  return { text: text.slice(0, end < 0 ? MAX_CHARS : end + 1), truncated: true };
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 500) ?? '';
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
}

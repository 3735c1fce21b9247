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
/** Maximum length of a trace in characters, since people read it; a longer one is cut at a line end. */
const MAX_CHARS = 256 * 1024;

type Traced = Pick<Explanation, 'trace' | 'why_no_trace'>;

/**
 * Traces with `opa eval` how the bundle's sources reach the decision.
 * The binary evaluates Rego, not the serving WASM; differential tests keep both equal. Never throws.
 */
export async function traceDecision(
  opa: Opa | undefined,
  { bundle, entrypoint }: { readonly bundle: Bundle; readonly entrypoint: string },
  input: PolicyInput,
): Promise<Traced> {
  if (bundle.sources.size === 0) return { why_no_trace: 'the bundle carries no sources' };
  if (opa === undefined) return { why_no_trace: 'no opa binary on this machine' };
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
    return { why_no_trace: `opa eval failed to start: ${String(error)}` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Returns capabilities without network access, since the author of the Rego is not trusted.
 * They lack builtins such as `http.send` and forbid OPA to fetch schemas named in METADATA.
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

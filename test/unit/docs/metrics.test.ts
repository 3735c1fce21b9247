import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createMetrics } from '../../../src/telemetry/metrics.js';

const PAGE = 'docs/operate/metrics.md';
const HEAD = `# Metrics

\`GET /metrics\` of the admin and the [probes](probes.md) listener serves these in the Prometheus text format, in addition
to those of Node.js (\`process_*\`, \`nodejs_*\`). No label has a value that a caller can choose.

`;

/** Every metric with its type and help, in the order of the names. */
async function listOfMetrics(): Promise<string> {
  const { body: page } = await createMetrics({ processMetrics: false }).render();
  const helps = [...page.matchAll(/^# HELP (\w+) (.*)\n# TYPE \w+ (\w+)$/gm)];
  const items = helps.map(
    ([, name = '', help = '', type = '']) => `- \`${name}\` (${type}): ${help}`,
  );
  return `${HEAD}${items.sort().map(wrapped).join('\n')}\n`;
}

/** Breaks an item at 120 columns. */
function wrapped(item: string): string {
  const lines = [''];
  for (const word of item.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + word.length < 120) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines.join('\n');
}

describe('docs/operate/metrics.md', () => {
  // UPDATE_DOCS=1 writes the page.
  it('lists every metric with its type and help', async () => {
    const list = await listOfMetrics();
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, list);
    expect(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '').to.equal(list);
  });
});

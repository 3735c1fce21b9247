import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { loadConfig } from '../../../src/config/load.js';

const PAGE = readFileSync('docs/operate/probes.md', 'utf8');

describe('the examples of docs/operate/probes.md', () => {
  const examples = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  const blocks = examples.map((text) => parse(text) as Record<string, unknown>);
  const having = (key: string): readonly Record<string, unknown>[] =>
    blocks.filter((block) => key in block);
  const { probes } = loadConfig({ COUNTERSIGN_CONFIG: 'c.yaml' }, () =>
    examples.find((text) => text.startsWith('listeners:')),
  ).listeners;

  it('turn the listener on', () => {
    expect(probes.enabled).to.equal(true);
  });

  it('probe its port, at its paths', () => {
    const [container = {}] = having('readinessProbe');
    expect(container['ports']).to.deep.include({ name: 'probes', containerPort: probes.port });
    for (const [name, path] of [
      ['startupProbe', '/readyz'],
      ['readinessProbe', '/readyz'],
      ['livenessProbe', '/healthz'],
    ] as const) {
      expect(container[name]).to.deep.include({ httpGet: { path, port: 'probes' } });
    }
  });

  it('scrape its port of every service of docker-compose.yml', () => {
    const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
      services: Readonly<Record<string, { command?: unknown }>>;
    };
    const serving = Object.entries(services).filter(([, { command }]) =>
      (command as string[]).includes('serve'),
    );
    const targets = serving.map(([name]) => `${name}:${String(probes.port)}`);
    expect(JSON.stringify(having('scrape_configs'))).to.contain(JSON.stringify({ targets }));
  });

  it('allow the name and the address of a pod by a variable that exists', () => {
    const [{ env = [] } = {}] = having('env') as readonly { env?: readonly { name: string }[] }[];
    const variable = env.at(-1)?.name ?? '';
    const given = { COUNTERSIGN_CONFIG: 'c.yaml', [variable]: 'countersign-0,10.1.2.3' };
    const { admin } = loadConfig(given, () => '').listeners;
    expect(admin.allowedHosts).to.deep.equal(['countersign-0', '10.1.2.3']);
  });
});

import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { TERM_NAMES } from '../../../src/domain/signals.js';
import { createJobs } from '../../../src/worker/jobs.js';
import type { JobPorts } from '../../../src/worker/ports.js';
import { sectionOf } from '../../support/documents.js';

const page = (path: string): string => readFileSync(path, 'utf8');

describe('the lists in the documents', () => {
  it('name every Redis script, and no other', () => {
    const scripts = readdirSync('src/redis/lua')
      .filter((name) => name.endsWith('.lua'))
      .map((name) => name.replace(/-\d+\.lua$/, ''));
    const named = [
      ...sectionOf(page('docs/reference/redis-state.md'), '## Scripts').matchAll(/^- `(\w+)`: /gm),
    ];
    expect(named.map(([, name]) => name)).to.have.members(scripts);
  });

  it('name every periodic job with its period, and no other', () => {
    const jobs = createJobs({} as JobPorts, () => Promise.resolve(0));
    const section = page('docs/reference/worker.md');
    const named = [...section.matchAll(/^- `([\w-]+)`, every ([\d.]+) (s|h): /gm)];
    const periods = named.map(([, name, count, unit]) => [
      name,
      Number(count) * (unit === 'h' ? 3_600_000 : 1000),
    ]);
    expect(periods).to.have.deep.members(jobs.map(({ name, everyMs }) => [name, everyMs]));
  });

  it('name every term of the score, and no other', () => {
    const section = sectionOf(page('docs/operate/signals.md'), '## The score');
    const items = [...section.matchAll(/^- (`\w+`(?:, `\w+`)*) \(/gm)];
    const named = items.flatMap(([, names = '']) => names.match(/\w+/g) ?? []);
    expect(named).to.have.members(TERM_NAMES);
  });

  it('name every folder of src, and no other', () => {
    const folders = readdirSync('src', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${name}/`);
    const map = /^src\/\n([\s\S]*?)^rego\//m.exec(
      sectionOf(page('docs/architecture.md'), '## Folders and walls'),
    );
    const named = (map?.[1] ?? '')
      .match(/^ {2}(?:[a-z-]+\/ ?)+/gm)
      ?.join(' ')
      .match(/[a-z-]+\//g);
    expect(named).to.have.members(folders);
  });
});

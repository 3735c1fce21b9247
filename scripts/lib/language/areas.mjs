import { filesBelow } from '../digest.mjs';

const CODE = /\.(ts|mjs|lua)$/;

/** The areas of the check: their names, and which files belong to them. */
export function areas() {
  const docs = filesBelow('docs').filter((path) => path.endsWith('.md'));
  const isDecision = (path) => path.startsWith('docs/adr/');
  return {
    docs: [
      ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
      ...docs.filter((path) => !isDecision(path)),
    ],
    adr: docs.filter(isDecision),
    rego: filesBelow('rego').filter((path) => /\.(rego|md)$/.test(path)),
    settings: ['countersign.yaml', 'docker-compose.yml'],
    src: filesBelow('src').filter((path) => CODE.test(path)),
    schemas: [
      'config.schema.json',
      ...filesBelow('rego/schemas').filter((path) => path.endsWith('.json')),
    ],
    tests: filesBelow('test').filter((path) => path.endsWith('.ts')),
    bench: filesBelow('bench').filter((path) => CODE.test(path)),
    scripts: filesBelow('scripts').filter(
      (path) => CODE.test(path) && !path.startsWith('scripts/lib/language/'),
    ),
  };
}

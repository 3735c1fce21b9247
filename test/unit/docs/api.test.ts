import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { useFakeService } from '../../support/http-listeners.js';

const PAGE = readFileSync('docs/reference/api.md', 'utf8');

/** Returns the paths of `/a[/b | /c[/d]]`: `/a`, `/a/b`, `/a/c`, `/a/c/d`. */
function expand(text: string): string[] {
  const open = text.indexOf('[');
  if (open < 0) return text.split('|').map((one) => one.trim());
  const base = text.slice(0, open);
  const inner = text.slice(open + 1, text.lastIndexOf(']'));
  const cut = base.lastIndexOf('|');
  const alternatives = cut < 0 ? [] : base.slice(0, cut).split('|');
  const head = base.slice(cut + 1).trim();
  return [
    ...alternatives.map((one) => one.trim()),
    head,
    ...expand(inner).map((end) => head + end),
  ];
}

/** Returns a path with every parameter written alike. */
function plain(path: string): string {
  return path.replaceAll(/\{[^}]*\}|<[^>]*>/g, '{}');
}

describe('docs/reference/api.md', () => {
  const service = useFakeService();
  const spans = [...PAGE.matchAll(/`(?:[A-Z]+ )?…?(\/[^`]*)`/g)].map(([, text = '']) => text);
  const named = spans
    .flatMap(expand)
    .filter((path) => path !== '')
    .map(plain);

  it('is read with its shorthand', () => {
    expect(expand('/a[/{id}[/b | /c[/{d}]]]')).to.include.members([
      ...['/a', '/a/{id}', '/a/{id}/b', '/a/{id}/c', '/a/{id}/c/{d}'],
    ]);
  });

  for (const listener of ['send', 'admin', 'sidecar'] as const) {
    it(`names every path of the listener: ${listener}`, async () => {
      const document = (await service().client[listener]('GET', '/openapi.json')).json();
      const paths = Object.keys(document['paths'] as object).map(plain);
      expect(paths).to.have.length.greaterThan(2);
      // A later path of an item may leave out the first segments.
      const missing = paths.filter((path) => !named.some((one) => path.endsWith(one)));
      expect(missing).to.deep.equal([]);
    });
  }
});

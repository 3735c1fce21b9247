import { expect } from 'chai';
import { anchorsOf, linksOf, pagesOf, repositoryFiles } from '../../support/documents.js';

const SOURCE_PATH =
  /(?<![\w./-])(?:src|test|scripts|rego|docs|bench)\/[\w./-]+\.(?:ts|mjs|lua|md|rego)\b/g;
/** Names that stand for any file of their kind. */
const PATTERN_NAMES = new Set(['src/redis/lua/verbNoun-N.lua']);

describe('the documents', () => {
  const files = repositoryFiles();
  const folders = new Set([...files].flatMap(parents));
  const pages = pagesOf(files);
  const anchors = new Map(pages.map(({ path, text }) => [path, anchorsOf(text)]));

  it('link to files and headings that exist', () => {
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter(({ file, anchor }) => {
          if (!files.has(file) && !folders.has(file)) return true;
          return anchor !== undefined && anchors.get(file)?.has(anchor) === false;
        })
        .map(({ file, anchor }) => `${page.path}: ${file}#${anchor ?? ''}`),
    );
    expect(broken).to.deep.equal([]);
  });

  it('name files that exist', () => {
    const broken = pages
      .filter(({ path }) => path !== 'CHANGELOG.md')
      .flatMap(({ path, text }) =>
        (text.match(SOURCE_PATH) ?? [])
          .filter((file) => !files.has(file) && !PATTERN_NAMES.has(file))
          .map((file) => `${path}: ${file}`),
      );
    expect(broken).to.deep.equal([]);
  });
});

function parents(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

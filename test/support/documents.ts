import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** The files of the repository, tracked or new, as paths from its root. */
export function repositoryFiles(): ReadonlySet<string> {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard'];
  return new Set(execFileSync('git', args, { encoding: 'utf8' }).split('\n').filter(Boolean));
}

/** A Markdown page. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

export function pagesOf(files: ReadonlySet<string>): readonly Page[] {
  return [...files]
    .filter((path) => path.endsWith('.md'))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** The relative links of a page, resolved from the root, with the anchor they name. */
export function linksOf({ path, text }: Page): readonly { file: string; anchor?: string }[] {
  return [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, target = '']) => {
    const [file = '', anchor] = target.split('#');
    const resolved = file === '' ? path : normalize(join(dirname(path), file)).replace(/\/$/, '');
    return anchor === undefined ? { file: resolved } : { file: resolved, anchor };
  });
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.replaceAll(/```[\s\S]*?```/g, '').match(/^#+ .+$/gm) ?? [];
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The lines between a heading and the next one of its level or a higher one. */
export function sectionOf(text: string, heading: string): string {
  const from = text.indexOf(`\n${heading}\n`);
  if (from < 0) throw new Error(`no heading ${heading}`);
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const rest = text.slice(from + heading.length + 2);
  const next = new RegExp(`^#{1,${String(level)}} `, 'm').exec(rest);
  return next === null ? rest : rest.slice(0, next.index);
}

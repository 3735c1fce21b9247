import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AuthorFailed } from './failed.js';
import { writeFiles } from './workspace.js';

const REGO = fileURLToPath(new URL('../../../rego/', import.meta.url));
const EXAMPLES = join(REGO, 'examples');
const FRAME = join(REGO, 'frame', 'countersign');
/** Schemas of the service for editors and for `opa check --schema schemas`. */
const SCHEMAS = ['input.json', 'case.json'];
const CASE = /^cases\/[^/]+\.json$/;

type Files = ReadonlyMap<string, Buffer>;

/** Returns the names of the examples that come with the service, sorted. */
export async function exampleNames(): Promise<readonly string[]> {
  const entries = await readdir(EXAMPLES, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/**
 * Writes an example, its frame and the schemas for editors to a new or empty folder.
 * Returns the sorted relative paths. Throws AuthorFailed.
 */
export async function startPolicy(example: string, folder: string): Promise<readonly string[]> {
  const known = await exampleNames();
  if (!known.includes(example)) {
    const names = `the examples are ${known.join(', ')}`;
    throw new AuthorFailed('sources', `there is no example ${example}`, [names]);
  }
  const files = await starterFiles(example);
  await requireEmpty(folder);
  await writing(folder, () => writeFiles(folder, files));
  return [...files.keys()].sort();
}

async function starterFiles(example: string): Promise<Files> {
  const own = [...(await filesBelow(join(EXAMPLES, example)))].map(
    ([path, content]) => [path, CASE.test(path) ? besideSchemas(content) : content] as const,
  );
  const frame = [...(await filesBelow(FRAME))].map(
    ([path, content]) => [`countersign/${path}`, content] as const,
  );
  const schemas = SCHEMAS.map(
    async (name) => [`schemas/${name}`, await readFile(join(REGO, 'schemas', name))] as const,
  );
  return new Map([...own, ...frame, ...(await Promise.all(schemas))]);
}

/** Returns a case with `$schema` pointing into the new folder. */
function besideSchemas(content: Buffer): Buffer {
  const schema = /("\$schema": ")[^"]*\/(schemas\/case\.json")/;
  return Buffer.from(content.toString('utf8').replace(schema, '$1../$2'));
}

async function filesBelow(folder: string): Promise<Files> {
  const files = new Map<string, Buffer>();
  for (const path of await readdir(folder, { recursive: true })) {
    const file = join(folder, path);
    if ((await stat(file)).isFile()) files.set(path.split(sep).join('/'), await readFile(file));
  }
  return files;
}

async function requireEmpty(folder: string): Promise<void> {
  await writing(folder, () => mkdir(folder, { recursive: true }));
  if ((await readdir(folder)).length === 0) return;
  const hint = ['name a folder that is new or empty'];
  throw new AuthorFailed('sources', `${folder} is not empty`, hint);
}

async function writing(folder: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const reason = code === 'EEXIST' || code === 'ENOTDIR' ? 'it is not a folder' : code;
    throw new AuthorFailed('sources', `${folder} cannot be written`, [reason], error);
  }
}

import type { Tree } from '../config/tree.js';
import { readDocumentFile } from './document-file.js';
import { usage } from './failure.js';
import type { Terminal } from './terminal.js';

/** Options that describe an agent: a file, flags, or flags over a file. */
export interface SpecOptions {
  readonly file?: string;
  readonly description?: string;
  readonly owner?: string;
  readonly class?: string;
  readonly role?: readonly string[];
  readonly grant?: readonly string[];
  readonly maxTtl?: number;
}

/** Returns the agent's document: the file or the stored record, overridden by the flags. */
export async function agentFrom(
  terminal: Terminal,
  id: string | undefined,
  options: SpecOptions,
  stored: Tree = {},
): Promise<Tree & { id: string }> {
  const { file, description, owner, class: kind, role, grant, maxTtl } = options;
  const base = file === undefined ? stored : await readDocumentFile(terminal, file);
  const spec: Tree = {
    ...base,
    ...(id === undefined ? {} : { id }),
    ...(description === undefined ? {} : { description }),
    ...(owner === undefined ? {} : { owner }),
    ...(kind === undefined ? {} : { class: kind }),
    ...(role === undefined ? {} : { roles: role }),
    ...(grant === undefined ? {} : { grants: grant.map((text) => parseGrant(text, maxTtl)) }),
  };
  const own = spec['id'];
  if (typeof own !== 'string') throw usage('name the agent as an argument or in the file');
  if (id !== undefined && base['id'] !== undefined && base['id'] !== id) {
    throw usage(`the file describes an agent other than ${id}`);
  }
  return { ...spec, id: own };
}

function parseGrant(text: string, maxTtl: number | undefined): Tree {
  const match = /^([^=\s]+)=(\S+)$/.exec(text);
  if (match === null) throw usage(`--grant ${text}: write resource=scope,scope`);
  const [, resource, scopes = ''] = match;
  return {
    resource,
    scopes: scopes.split(','),
    ...(maxTtl === undefined ? {} : { max_ttl_seconds: maxTtl }),
  };
}

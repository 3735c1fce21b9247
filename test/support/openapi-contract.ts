import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { escapeStep } from '../../src/domain/json-pointer.js';

type Tree = Readonly<Record<string, unknown>>;

/** One answer, as it came. */
export interface Seen {
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Statuses of what no operation documents: unknown path or method, a foreign host, a bad path, OPTIONS. */
const UNMATCHED = new Set([204, 400, 403, 404, 405]);

const contracts = new Map<string, OpenApiContract>();

/**
 * Returns the contract of a document. The listeners of most services of a process serve equal documents, and compiling
 * the schemas of one takes half a second of a core.
 */
export function contractOf(text: string): OpenApiContract {
  const known = contracts.get(text);
  if (known !== undefined) return known;
  const made = new OpenApiContract(JSON.parse(text) as Tree);
  contracts.set(text, made);
  return made;
}

/** Checks answers against an OpenAPI document: an undocumented status, media type, member or code throws. */
export class OpenApiContract {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #compiled = new Map<string, ValidateFunction>();
  readonly #templates: readonly { readonly template: string; readonly pattern: RegExp }[];
  readonly #paths: Tree;

  constructor(document: Tree) {
    formats.default(this.#ajv);
    this.#ajv.addSchema(document, 'openapi.json');
    this.#paths = tree(document['paths'], 'paths');
    this.#templates = Object.keys(this.#paths)
      .sort((a, b) => Number(a.includes('{')) - Number(b.includes('{')))
      .map((template) => ({ template, pattern: patternOf(template, this.#isLong(template)) }));
  }

  /** Whether the path parameter takes several segments. */
  #isLong(template: string): boolean {
    return JSON.stringify(this.#paths[template]).includes('"x-multi-segment":true');
  }

  /** Throws with the reason when the answer is not documented. */
  check(seen: Seen): void {
    const label = `${seen.method} ${seen.path} → ${String(seen.status)}`;
    if (!/^[A-Za-z0-9_-]{8,64}$/.test(seen.headers['x-request-id'] ?? '')) {
      throw new Error(`${label}: no well-formed X-Request-Id`);
    }
    const where = this.#find(seen);
    if (where === undefined) this.#checkUnmatched(seen, label);
    else this.#checkDocumented(seen, label, where);
  }

  #find({ method, path }: Seen): readonly string[] | undefined {
    const bare = path.split('?')[0] ?? '';
    const found = this.#templates.find(({ pattern }) => pattern.test(bare));
    if (found === undefined) return undefined;
    const verb = (method === 'HEAD' ? 'GET' : method).toLowerCase();
    const item = tree(this.#paths[found.template], found.template);
    return item[verb] === undefined ? undefined : ['paths', found.template, verb];
  }

  #checkUnmatched(seen: Seen, label: string): void {
    if (!UNMATCHED.has(seen.status)) throw new Error(`${label}: not documented`);
    if (seen.status === 405 && seen.headers['allow'] === undefined) {
      throw new Error(`${label}: 405 without Allow`);
    }
    if (seen.status === 204 || seen.method === 'HEAD') {
      this.#checkEmpty(seen, label);
      return;
    }
    if (mediaType(seen) !== 'application/problem+json') throw new Error(`${label}: not a problem`);
    this.#checkBody(seen, label, ['components', 'schemas', 'Problem']);
  }

  #checkDocumented(seen: Seen, label: string, where: readonly string[]): void {
    const [, template = '', verb = ''] = where;
    const operation = tree(tree(this.#paths[template], template)[verb], label);
    const status = String(seen.status);
    const response = tree(operation['responses'], label)[status];
    if (response === undefined) throw new Error(`${label}: the status is not documented`);
    const { content } = tree(response, label);
    if (content === undefined || seen.method === 'HEAD') {
      this.#checkEmpty(seen, label);
      return;
    }
    const type = mediaType(seen);
    if (tree(content, label)[type] === undefined) {
      throw new Error(`${label}: the content type ${type} is not documented`);
    }
    const at = [...where, 'responses', status, 'content', type, 'schema'];
    this.#checkBody(seen, label, at);
    checkHeaders(seen, label);
  }

  #checkEmpty({ text }: Seen, label: string): void {
    if (text !== '') throw new Error(`${label}: a body is not documented`);
  }

  #checkBody(seen: Seen, label: string, at: readonly string[]): void {
    const isJson = /[/+]json$/.test(mediaType(seen));
    const body: unknown = isJson ? JSON.parse(seen.text) : seen.text;
    const validate = this.#validator(at);
    if (validate(body)) return;
    throw new Error(`${label}: ${this.#ajv.errorsText(validate.errors)} in ${seen.text}`);
  }

  #validator(at: readonly string[]): ValidateFunction {
    const pointer = at.map((part) => encodeURIComponent(escapeStep(part))).join('/');
    const known = this.#compiled.get(pointer);
    if (known !== undefined) return known;
    const made = this.#ajv.compile({ $ref: `openapi.json#/${pointer}` });
    this.#compiled.set(pointer, made);
    return made;
  }
}

function checkHeaders({ status, headers }: Seen, label: string): void {
  const needs = { 401: 'www-authenticate', 429: 'retry-after' }[status];
  if (needs !== undefined && headers[needs] === undefined) {
    throw new Error(`${label}: no ${needs}`);
  }
  if (status === 400 && headers['www-authenticate'] !== undefined) {
    throw new Error(`${label}: a 400 carries WWW-Authenticate`);
  }
}

function mediaType({ headers }: Seen): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
}

function patternOf(template: string, isLong: boolean): RegExp {
  const escaped = template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll(/\{\w+\}/g, isLong ? '.+' : '[^/]+')}$`);
}

function tree(value: unknown, what: string): Tree {
  if (typeof value === 'object' && value !== null) return value as Tree;
  throw new Error(`${what}: no object there`);
}

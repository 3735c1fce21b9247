import type { PolicyInput } from '../../../domain/policy.js';
import { isScope } from '../../../domain/scope.js';
import type { Bundle } from '../../bundle/read.js';
import { parseJson } from '../../json/lossless.js';
import { isArray, isObject, type Term } from '../../json/terms.js';
import type { JsonSchema } from './schema-arbitrary.js';
import { INPUT_SCHEMA } from './input-schema.js';
import { moduleTexts, regoLiterals } from '../../bundle/constants.js';

/** Texts and numbers of one policy, so that generated inputs meet its rules. */
export interface Vocabulary {
  /** Scopes and scope patterns. */
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly roles: readonly string[];
  /** Other texts. */
  readonly texts: readonly string[];
  /** Numbers that the policy compares with. */
  readonly numbers: readonly number[];
}

const MAX_WORDS = 400;
const MAX_CHARS = 256;
const MEMBERS = new Set([
  ...namesIn(INPUT_SCHEMA),
  ...['result', 'effect', 'grant', 'reasons', 'obligations', 'removed', 'rule', 'code', 'message'],
  ...['allow', 'narrow', 'deny', 'id', 'type', 'properties', 'approvers', 'expires_in_seconds'],
]);
const NUMBER = /^-?[0-9]+(\.[0-9]+)?$/;
const PRINTABLE = /^[\x20-\x7e]{1,256}$/;
const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/**
 * Collects the vocabulary of a policy.
 * Its cases come first, then its data, then the literals of its Rego and of its module. Any text in the form of a scope
 * may be one, and so on.
 */
export function vocabularyOf(
  bundle: Bundle,
  entrypoint: string,
  cases: readonly PolicyInput[],
): Vocabulary {
  const words = new Words();
  for (const input of cases) words.takeInput(input);
  words.takeTerm(parseJson(new TextDecoder().decode(bundle.data)));
  // The module decides, and the sources beside it may lack a word of it; theirs come first, since all of them matter.
  const literals = [
    ...[...bundle.sources.values()].flatMap(regoLiterals),
    ...moduleWords(bundle.modules.get(entrypoint)?.original ?? new Uint8Array()),
  ];
  // A text with a dot is mostly a rule id.
  const byDot = [...literals].sort((a, b) => Number(a.includes('.')) - Number(b.includes('.')));
  for (const literal of byDot) if (!isMemberName(literal)) words.takeText(literal);
  return words.vocabulary();
}

/** Returns the printable texts of a module; a text that begins with a brace is a value of the runtime. */
function moduleWords(wasm: Uint8Array): string[] {
  return moduleTexts(wasm).own.filter((text) => PRINTABLE.test(text) && !text.startsWith('{'));
}

/** Returns the number of distinct words. */
export function wordsIn({ scopes, resources, roles, texts, numbers }: Vocabulary): number {
  return new Set<unknown>([...scopes, ...resources, ...roles, ...texts, ...numbers]).size;
}

/** Returns whether a text names a member of the input or result; every policy has those. */
function isMemberName(text: string): boolean {
  return text.length === 1 || MEMBERS.has(text) || text.endsWith('.rego');
}

class Words {
  private readonly scopes = new Set<string>();
  private readonly resources = new Set<string>();
  private readonly roles = new Set<string>();
  private readonly texts = new Set<string>();
  private readonly numbers = new Set<number>();

  takeInput({ request, agent, resource }: PolicyInput): void {
    for (const scope of request.scopes) this.scopes.add(scope);
    for (const role of agent.roles) this.roles.add(role);
    for (const id of [request.resource, resource.id]) this.resources.add(id);
  }

  takeTerm(term: Term): void {
    if (typeof term === 'string') this.takeText(term);
    else if (typeof term === 'number') this.numbers.add(term);
    else if (isArray(term)) for (const item of term) this.takeTerm(item);
    else if (isObject(term)) {
      for (const [key, value] of Object.entries(term)) {
        this.takeText(key);
        this.takeTerm(value);
      }
    }
  }

  takeText(text: string): void {
    if (text.length === 0 || text.length > MAX_CHARS) return;
    if (NUMBER.test(text)) {
      this.numbers.add(Number(text));
      return;
    }
    if (isScope(text)) this.scopes.add(text);
    if (ID.test(text)) {
      this.resources.add(text);
      this.roles.add(text);
    }
    this.texts.add(text);
  }

  vocabulary(): Vocabulary {
    return {
      scopes: first(this.scopes),
      resources: first(this.resources),
      roles: first(this.roles),
      texts: first(this.texts),
      numbers: [...this.numbers].slice(0, MAX_WORDS),
    };
  }
}

function first(words: ReadonlySet<string>): string[] {
  return [...words].slice(0, MAX_WORDS);
}

function namesIn(schema: JsonSchema): string[] {
  const { properties = {}, items } = schema;
  const below = [...Object.values(properties), ...(items === undefined ? [] : [items])];
  return [...Object.keys(properties), ...below.flatMap(namesIn)];
}

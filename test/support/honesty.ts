import { question } from '../http/authzen/questions.js';
import { bytesOf, tokenAsk } from '../http/table/asks.js';
import { registerAgent, type Client, type TableService } from '../http/table/table-service.js';
import type { AgentSpec, ResourceSpec } from '../../src/domain/records.js';
import type { Answer } from './http.js';

/** What a scope without a grant can be, and the status of the agent that asks for it. */
export const CONDITIONS = [
  { trap: 'none', status: 'active' },
  { trap: 'bait', status: 'active' },
  { trap: 'none', status: 'quarantined' },
  { trap: 'bait', status: 'quarantined' },
] as const;
export type Condition = (typeof CONDITIONS)[number];

const TRAPS = 40;
const entry = { risk: 'low', description: '' } as const;

/** A resource with scopes that are granted, and honey scopes `bait_0` … `bait_39`. */
export const VAULT: ResourceSpec = {
  id: 'vault',
  audiences: ['https://vault.example'],
  scopes: [
    { ...entry, name: 'open' },
    { ...entry, name: 'write', risk: 'high' },
    ...Array.from({ length: TRAPS }, (_, at) => ({
      ...entry,
      name: `bait_${String(at)}`,
      honey: true,
    })),
  ],
};

/** One request; `traps` are numbers of scopes that no grant covers. */
export interface Asking {
  readonly codec: 'json' | 'form' | 'authzen';
  readonly traps: readonly number[];
  readonly held?: readonly string[];
  readonly ttl?: number;
}

/** Registers an agent with the grants of `VAULT`, and puts it into its condition. */
export async function registerIn(
  { service: { http } }: TableService,
  { status }: Condition,
  spec: AgentSpec,
): Promise<Client> {
  const grants = [{ resource: 'vault', scopes: ['open', 'write'] }];
  const client = await registerAgent(http, { grants, ...spec });
  if (status === 'quarantined') {
    const json = { status, reason: 'test' };
    await http.admin('POST', `/admin/v1/agents/${spec.id}/status`, { json });
  }
  return client;
}

/** Sends one request of an agent. */
export function send(
  { service: { http } }: TableService,
  client: Client,
  { trap }: Pick<Condition, 'trap'>,
  { codec, traps, held = [], ttl }: Asking,
): Promise<Answer> {
  const scopes = [...held, ...traps.map((at) => `${trap}_${String(at)}`)];
  const more = ttl === undefined ? {} : { ttl };
  if (codec !== 'authzen') {
    const wanted = { resource: 'vault', scope: scopes.join(' '), ...more };
    return http.send('POST', '/token', tokenAsk(codec, client, wanted));
  }
  const [scope = 'open'] = scopes;
  const json = question({ agent: client[0], scope, resource: 'vault' });
  return http.send('POST', '/access/v1/evaluation', { basic: client, json });
}

const IDS = [
  /(dec|req|grt|jti)_[0-9a-z_]+/g,
  /"(access_token|token)":"[^"]+"/g,
  /"(x-request-id|retry-after|ratelimit-reset|content-length)","[^"]+"/g,
  /;t=\d+/g,
];

/**
 * An answer byte for byte, but for ids, tokens, the names of traps and seconds that go by. An id holds the number of a
 * shard, so that lengths of bodies differ.
 */
export function seen(answer: Answer): string {
  return bytesOf(
    answer,
    ...IDS.map((id) => new RegExp(id.source.replaceAll('"', '\\\\?"'), 'g')),
  ).replaceAll('bait_', 'none_');
}

/** The lifetime granted, from a token answer. */
export function ttlOf(answer: Answer): unknown {
  return answer.json()['expires_in'];
}

/** Share of pairs in which the right sample is the larger one: 0.5 when nothing tells the two apart. */
export function rankShare(left: readonly number[], right: readonly number[]): number {
  let larger = 0;
  for (const a of left) {
    for (const b of right) larger += b > a ? 1 : b === a ? 0.5 : 0;
  }
  return larger / (left.length * right.length);
}

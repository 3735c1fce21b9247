import { expect } from 'chai';
import type { AgentSpec } from '../../../src/domain/records.js';
import type { Answer, HttpClient } from '../../support/http.js';
import type { TestRedis } from '../../support/redis.js';
import type { TestService, TestServiceOptions } from '../../support/service.js';
import { useService } from '../../support/use-service.js';

export interface TableService {
  readonly service: TestService;
  readonly redis: TestRedis;
}

/** Id and secret. */
export type Client = readonly [id: string, secret: string];

type Options = Omit<TestServiceOptions, 'redisUrl'>;

/** One real service on its own Redis for a whole file; options that take time are made when the tests run. */
export function useTableService(options: () => Options = () => ({})): () => TableService {
  const running = useService(options);
  return () => running;
}

const WIDE = {
  per_minute: 1_000_000,
  burst: 1_000_000,
  resource_per_minute: 1_000_000,
  resource_burst: 1_000_000,
};

/** Registers an agent through the admin API; without its own rate its budgets do not get in the way. */
export async function registerAgent(http: HttpClient, spec: AgentSpec): Promise<Client> {
  const answer = await http.admin('POST', '/admin/v1/agents', { json: { rate: WIDE, ...spec } });
  expect(answer.status, answer.text).to.equal(201);
  return [spec.id, secretOf(answer)];
}

/** Registers a resource server through the admin API. */
export async function registerResourceServer(
  http: HttpClient,
  id: string,
  resources: readonly string[],
): Promise<Client> {
  const answer = await http.admin('POST', '/admin/v1/resource-servers', {
    json: { id, resources },
  });
  expect(answer.status, answer.text).to.equal(201);
  return [id, secretOf(answer)];
}

function secretOf(answer: Answer): string {
  return String((answer.json()['secret'] as { secret: unknown }).secret);
}

import { expect } from 'chai';
import { gather } from '../../../../src/use-cases/token/authorize.js';
import { MOVED, type Attempt, type Gathered } from '../../../../src/use-cases/token/attempt.js';

type Deps = Parameters<typeof gather>[0];

/** Deps under which the registry has moved since the attempt was prepared. */
function moved(limited: boolean): { deps: Deps; counts: unknown[]; costs: unknown[] } {
  const counts: unknown[] = [];
  const costs: unknown[] = [];
  const gathered = {
    state: 'gathered',
    generations: { registry: 2, policy: 1, keyring: 1 },
    rate: { limited },
  } as unknown as Gathered;
  const deps = {
    gatherer: {
      gather: ({ count, cost }: { count: unknown; cost: unknown }) => {
        counts.push(count);
        costs.push(cost);
        return Promise.resolve(gathered);
      },
    },
    catalogue: { observe: () => true },
    signer: { sync: () => Promise.resolve(true) },
    policy: { sync: () => Promise.resolve() },
    timer: () => undefined,
    costs: () => ({ low: 1, medium: 1, high: 2, critical: 5 }),
  } as unknown as Deps;
  return { deps, counts, costs };
}

const attempt = {
  request: { scopes: ['read'], declared: {} },
  agent: { spec: { id: 'agent' } },
  resource: { spec: { id: 'stripe', scopes: [] } },
  context: {},
  authentication: 'client_secret_basic',
  registryGeneration: 1,
} as unknown as Attempt;

describe('a request that is over its budget while the registry moves', () => {
  it('is refused, and not tried again uncounted', async () => {
    const { deps } = moved(true);
    const outcome = await gather(deps, attempt, { done: false });
    expect(outcome).to.not.equal(MOVED);
    expect((outcome as Gathered).rate.limited).to.equal(true);
  });

  it('goes round again when its budget admitted it, without being counted twice', async () => {
    const { deps, counts } = moved(false);
    const counting = { done: false };
    expect(await gather(deps, attempt, counting)).to.equal(MOVED);
    await gather(deps, attempt, counting);
    expect(counts).to.deep.equal([true, false]);
  });

  it('as a question of the agent itself: counted once too, at no cost', async () => {
    const { deps, counts, costs } = moved(false);
    const counting = { done: false, uncharged: true } as const;
    for (let round = 0; round < 3; round++) await gather(deps, attempt, counting);
    expect(counts).to.deep.equal([true, false, false]);
    expect(costs).to.deep.equal([0, 0, 0]);
  });
});

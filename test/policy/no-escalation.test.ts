import { expect } from 'chai';
import fc from 'fast-check';
import type { PolicyInput, PolicyResult } from '../../src/domain/policy.js';
import { scopeCovers } from '../../src/domain/scope.js';
import type { PolicyEngine } from '../../src/policy/serving/engine.js';
import { arbitraryInput } from './arbitrary-input.js';
import { demoInput } from './policy-case.js';
import { servedEngine } from './served-engine.js';

const ROLE_SCOPE = 'search';
const RISK_CAP_SECONDS = { low: 3600, medium: 900, high: 300, critical: 120 };

/** Far more than the rounding of the score, whose arbitrary terms need not belong to it. */
const ROUNDING = 1e-6;

/** The score that a step-up reads: honey alone shortens no lifetime, since that would reveal it. */
function withoutHoney({ anomaly, terms }: PolicyInput['signals']): number {
  const honey = Math.max(
    0,
    ...terms.filter(({ name }) => name === 'honey_60m').map((one) => one.score),
  );
  if (honey === 0) return anomaly;
  const rest = Math.max(0, anomaly / (1 - anomaly) - honey ** 2);
  return rest / (rest + 1);
}

const overlaps = (left: string, right: string): boolean =>
  scopeCovers(left, right) || scopeCovers(right, left);

const score = fc.constantFrom(0, 0.3, 0.7999, 0.8, 0.9, 0.9499, 0.95, 0.9999);

describe('the policy never gives more', () => {
  let engine: PolicyEngine;
  const decide = async (input: PolicyInput): Promise<PolicyResult> =>
    (await engine.decide(input)).result;

  before(async () => {
    engine = await servedEngine();
  });

  const check = (property: (input: PolicyInput, result: PolicyResult) => void): Promise<void> =>
    fc.assert(
      fc.asyncProperty(arbitraryInput, async (input) => {
        property(input, await decide(input));
      }),
      { numRuns: 500 },
    );

  it('than was asked, and accounts for every scope', () =>
    check(({ request }, { effect, grant, removed = [], reasons }) => {
      expect(reasons).not.to.be.empty;
      if (grant === undefined) return;
      const cut = new Set(removed.map(({ scope }) => scope));
      expect(grant.scopes).to.deep.equal(request.scopes.filter((scope) => !cut.has(scope)));
      expect(grant.scopes).not.to.be.empty;
      expect(cut.size > 0).to.equal(effect === 'narrow');
    }));

  it('than a grant and the catalogue cover, and never honey or what needs review', () =>
    check(({ agent, resource }, { grant }) => {
      const own = agent.grants.filter(({ resource: on }) => on === '*' || on === resource.id);
      for (const scope of grant?.scopes ?? []) {
        const held = own.some(({ scopes }) => scopes.some((wide) => scopeCovers(wide, scope)));
        expect(held || (agent.roles.includes('demo') && scope === ROLE_SCOPE), scope).to.be.true;
        expect(
          resource.scopes.some(({ name }) => scopeCovers(name, scope)),
          scope,
        ).to.be.true;
        for (const entry of resource.scopes.filter(({ name }) => overlaps(name, scope))) {
          expect(entry.honey ?? false, scope).to.be.false;
          expect(entry.review ?? false, scope).to.be.false;
          expect(entry.risk, scope).not.to.equal('critical');
        }
      }
    }));

  it('for longer than any cap', () =>
    check(({ request, resource, signals }, { grant }) => {
      const { ttl_seconds: granted = 1, scopes = [] } = grant ?? {};
      expect(granted).to.be.within(1, request.ttl_seconds);
      expect(granted).to.be.at.most(resource.max_ttl_seconds ?? Infinity);
      if (grant !== undefined && withoutHoney(signals) >= 0.8 + ROUNDING) {
        expect(granted).to.be.at.most(Math.max(1, Math.floor(request.ttl_seconds / 4)));
      }
      if (signals.anomaly >= 0.95) expect(grant).to.equal(undefined);
      for (const { name, risk, max_ttl_seconds: cap = Infinity } of resource.scopes) {
        if (!scopes.some((scope) => overlaps(name, scope))) continue;
        expect(granted).to.be.at.most(Math.min(cap, RISK_CAP_SECONDS[risk]));
      }
    }));

  it('to an agent that lost a grant or a role', () =>
    fc.assert(
      fc.asyncProperty(arbitraryInput, fc.nat(), async (input, pick) => {
        const before = (await decide(input)).grant;
        const { grants } = input.agent;
        const fewer = grants.filter((_, position) => position !== pick % grants.length);
        for (const agent of [
          { ...input.agent, grants: fewer },
          { ...input.agent, roles: [] },
        ]) {
          const after = (await decide({ ...input, agent })).grant;
          if (after === undefined) continue;
          expect(before?.scopes ?? []).to.include.members([...after.scopes]);
          // Fewer scopes may have fewer caps; equal scopes must not last longer.
          if (before?.scopes.length === after.scopes.length) {
            expect(after.ttl_seconds).to.be.at.most(before.ttl_seconds);
          }
        }
      }),
      { numRuns: 500 },
    ));

  it('to an agent that behaves less like itself', () =>
    fc.assert(
      fc.asyncProperty(arbitraryInput, score, score, async (input, one, other) => {
        const at = (anomaly: number): PolicyInput => ({
          ...input,
          signals: { ...input.signals, anomaly },
        });
        const before = (await decide(at(Math.min(one, other)))).grant;
        const after = (await decide(at(Math.max(one, other)))).grant;
        if (after === undefined) return;
        expect(before?.scopes ?? []).to.include.members([...after.scopes]);
        if (before?.scopes.length === after.scopes.length) {
          expect(after.ttl_seconds).to.be.at.most(before.ttl_seconds);
        }
      }),
      { numRuns: 500 },
    ));

  it('to an input in which honey differs from an absent scope', () =>
    fc.assert(
      fc.asyncProperty(arbitraryInput, async (input) => {
        const honey = { name: 'trap', risk: 'low' as const, description: '', honey: true };
        const request = { ...input.request, scopes: [...input.request.scopes, 'trap'] };
        const { scopes } = input.resource;
        fc.pre(!request.scopes.slice(0, -1).includes('*'));
        const without = await decide({ ...input, request });
        const resource = { ...input.resource, scopes: [...scopes, honey] };
        const trapped = await decide({ ...input, request, resource });
        // A catalogue entry `*` would cover the trap, granted or not.
        fc.pre(!scopes.some(({ name }) => name === '*'));
        expect({ ...trapped, obligations: [] }).to.deep.equal({ ...without, obligations: [] });
        expect(trapped.obligations).not.to.deep.equal(without.obligations);
      }),
      { numRuns: 500 },
    ));

  it('honey in the largest request looks like any other denial', async () => {
    const scopes = Array.from({ length: 64 }, (_, i) => `trap:${String(i).padStart(249, '0')}:*`);
    const input = demoInput({ resource: 'research-api', scopes });
    const entry = { risk: 'low' as const, description: '' };
    const trapped = scopes.map((scope) => ({ ...entry, name: scope.slice(0, -2), honey: true }));
    const belowTrap = scopes.map((scope) => ({
      ...entry,
      name: `${scope.slice(0, -1)}x`,
      honey: true,
    }));
    const plain = await decide(input);
    expect(plain.reasons.map(({ code }) => code)).to.deep.equal(['scope_not_granted']);
    for (const entries of [trapped, belowTrap]) {
      const result = await decide({ ...input, resource: { ...input.resource, scopes: entries } });
      expect({ ...result, obligations: [] }).to.deep.equal({ ...plain, obligations: [] });
    }
  });

  it('keeps the largest narrow result within what the engine takes', async () => {
    const traps = Array.from({ length: 63 }, (_, i) => `trap:${String(i).padStart(249, '0')}:*`);
    const input = demoInput({ resource: 'research-api', scopes: ['fetch:a', ...traps] });
    const honey = traps.map((scope) => ({
      name: `${scope.slice(0, -1)}x`,
      risk: 'low' as const,
      description: '',
      honey: true,
    }));
    const resource = { ...input.resource, scopes: [...input.resource.scopes, ...honey] };
    const result = await decide({ ...input, resource });
    expect(result.effect).to.equal('narrow');
    expect(result.removed).to.have.length(63);
  });
});

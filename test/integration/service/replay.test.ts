import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { maskKey } from '../../../src/audit/keep-input.js';
import { openAuditReader, type AuditReader } from '../../../src/audit/reader.js';
import { analysisOf } from '../../support/analysis-of.js';
import type { AnalysisOperations } from '../../../src/use-cases/policy/analysis.js';
import { parseKeyEncryptionKey } from '../../../src/config/key-material.js';
import { outcomeView, type ReplayReport } from '../../../src/domain/policy-analysis.js';
import type { BundleRecord } from '../../../src/domain/policy-lifecycle.js';
import { until } from '../../support/episode.js';
import { LOAD_AGENT } from '../../support/service.js';
import { memoryPolicyStore, type MemoryPolicyStore } from '../../support/memory-policy-store.js';
import {
  activateBundle,
  committedBundle,
  putBundle,
  variantOf,
} from '../../support/stored-bundles.js';
import { tokenAsk, type Wanted } from '../../http/table/asks.js';
import { closeCounts } from '../../http/table/stream-events.js';
import { registerAgent, useTableService, type Client } from '../../http/table/table-service.js';

const CONTEXT = { requestId: 'req_1', principal: { kind: 'admin', id: 'ann' } } as const;
const ROUNDS = 8;

/** One request of each kind, and how it ends. */
const ASKS: readonly (readonly [Wanted, number])[] = [
  [{}, 200],
  [{ scope: 'read_invoices read_customers', ttl: 3600, task_id: 't1', reason: 'because' }, 200],
  [{ scope: 'read_invoices unheard_of' }, 200],
  [{ scope: 'read_invoices create_refund', user_id: 'u1' }, 200],
  [{ scope: 'create_refund' }, 403],
  [{ scope: 'unheard_of' }, 403],
  [{ scope: 'erase_all' }, 403],
  [{ resource: 'customers-db', scope: 'read:customers:7 write:customers:7' }, 200],
  [{ resource: 'research-api', scope: 'search' }, 200],
  [{ resource: 'research-api', scope: 'fetch:page', session_id: 's1' }, 200],
];

type Data = { countersign: { config: { risk: Record<string, { max_ttl_seconds: number }> } } };

describe('replay of what a real service decided (I6)', function () {
  this.timeout(120_000);
  for (const mode of ['full', 'masked'] as const) {
    describe(`with inputs kept ${mode}`, () => {
      const running = useTableService(() => ({
        worker: true,
        overrides: { 'audit.inputs': mode },
      }));
      let store: MemoryPolicyStore;
      let analysis: AnalysisOperations;
      let active: BundleRecord;
      let reader: AuditReader;
      let decided = 0;

      before(async () => {
        const { service, redis } = running();
        const limited = await registerAgent(service.http, {
          id: 'limited',
          rate: { per_minute: 1, burst: 1, resource_per_minute: 1, resource_burst: 1 },
        });
        const second = await registerAgent(service.http, { ...LOAD_AGENT, id: 'second' });
        const held = await registerAgent(service.http, { id: 'held', grants: [] });
        const ask = async (who: Client, wanted: Wanted, status: number): Promise<void> => {
          const answer = await service.http.send('POST', '/token', tokenAsk('json', who, wanted));
          expect(answer.status, answer.text).to.equal(status);
          decided += 1;
        };
        for (let i = 0; i < ROUNDS; i++) {
          // One agent would be denied for having been denied too often.
          const who = i < ROUNDS / 2 ? service.agent : second;
          for (const [wanted, status] of ASKS) await ask(who, wanted, status);
        }
        // Honey, by a separate agent.
        const curious = await registerAgent(service.http, { ...LOAD_AGENT, id: 'curious' });
        await ask(curious, { scope: 'export_all' }, 403);
        await ask(limited, {}, 403);
        await ask(limited, {}, 429);
        const revocation = { by: 'agent', value: 'held', reason: 'x', deny_until_lifted: true };
        await service.http.admin('POST', '/admin/v1/revocations', { json: revocation });
        await ask(held, {}, 403);
        const quarantine = { json: { status: 'quarantined', reason: 'x' } };
        await service.http.admin('POST', '/admin/v1/agents/held/status', quarantine);
        await ask(held, {}, 403);

        // A refusal is counted until its minute is over; then its event is written.
        await closeCounts(redis);
        const storePath = join(service.dataDir, 'audit.db');
        reader = openAuditReader(storePath);
        await until('every decision is in the audit store', () => {
          return [...reader.recordedDecisions({ sinceMs: 0, limit: 10_000 })].length === decided;
        });
        store = memoryPolicyStore();
        active = await putBundle(store, await committedBundle());
        await activateBundle(store, active);
        const key = parseKeyEncryptionKey(
          readFileSync(join(service.dataDir, 'key-encryption-key'), 'utf8').trim(),
        );
        const keyEncryptionKey = Buffer.from(key.ok ? key.base64 : '', 'base64');
        analysis = analysisOf(storePath, {
          ...{ auditReader: reader, store, maskKeys: [maskKey(keyEncryptionKey)] },
        }).operations;
      });

      after(() => {
        reader.close();
      });

      const through = (ref: string): Promise<ReplayReport> =>
        analysis.replay({ ref, sinceMs: 0, limit: 10_000 }, CONTEXT);

      it('through the active bundle nothing changes, and every decision is accounted for', async () => {
        const report = await through(active.revision);
        expect(report.changes).to.deep.equal({});
        expect(report.replayed)
          .to.equal(report.unchanged)
          .and.at.least(ROUNDS * ASKS.length);
        const skipped = Object.fromEntries(
          report.not_replayable.map(({ reason, count }) => [reason, count]),
        );
        expect(skipped).to.deep.equal({ decided_before_policy: 2 });
        expect(report.decisions).to.equal(decided);
        expect(report.replayed + 2).to.equal(decided);
        expect(report.masked).to.equal(mode === 'masked' ? 3 * ROUNDS : 0);
        expect(store.events.map(({ type }) => type)).to.deep.equal(['policy.replayed']);
        expect((await store.record(active.digest))?.replay).to.deep.include({
          against: active.digest,
          replayed: report.replayed,
          unchanged: report.replayed,
          not_replayable: 2,
        });
      });

      it('through another bundle exactly what it decides otherwise changes', async () => {
        const bundle = await committedBundle();
        const other = await variantOf(bundle, 'tighter', (data) => {
          const { risk } = (data as Data).countersign.config;
          Object.assign(risk['medium'] ?? {}, { review: true });
          Object.assign(risk['low'] ?? {}, { max_ttl_seconds: 120 });
          return data;
        });
        await putBundle(store, other);
        const report = await through(other.digest);
        // Invoices and customers lose the customers; the database's one scope waits for a person; the rest is shorter.
        expect(report.changes).to.deep.equal({
          allow_to_deny: ROUNDS,
          narrower: ROUNDS,
          shorter_ttl: 6 * ROUNDS,
          review_changed: ROUNDS,
        });
        const narrower = report.groups.filter(({ kind }) => kind === 'narrower');
        expect(narrower.map(({ agent, rules, count }) => [agent, rules, count])).to.deep.equal([
          ['demo-agent', ['countersign.review.needs_review'], ROUNDS / 2],
          ['second', ['countersign.review.needs_review'], ROUNDS / 2],
        ]);
        for (const { example } of report.groups) {
          expect(example.minimised, JSON.stringify(example)).to.equal(true);
          expect(example.input.request.scopes).to.have.length.at.most(2);
          expect(example.input.request.declared).to.deep.equal({});
        }
        const looser = await variantOf(bundle, 'looser', (data) => {
          Object.assign((data as Data).countersign.config.risk['high'] ?? {}, {
            max_ttl_seconds: 1,
          });
          return data;
        });
        await putBundle(store, looser);
        expect((await through('looser')).new_grants).to.equal(0);
      });
      it('explains a decision, evaluates its input, and says what the two bundles permit', async () => {
        const one = [...reader.recordedDecisions({ sinceMs: 0, limit: 10_000 })].find(
          ({ outcome, removed }) => outcome.effect === 'narrow' && removed.length > 0,
        );
        const explanation = await analysis.explain(one?.decision_id ?? '', CONTEXT);
        expect(explanation).to.deep.include({ reproduced: true, differences: [] });
        expect(explanation.scopes.map(({ verdict }) => verdict)).to.have.members([
          'granted',
          'cut',
        ]);
        expect(explanation.trace?.text).to.contain('data.countersign.decision');
        const evaluated = await analysis.evaluate({ input: one?.input }, CONTEXT);
        expect(evaluated).to.deep.include({
          outcome: one && outcomeView(one.outcome),
          input_digest: one?.input_digest,
        });
        const { permissions } = await analysis.diff(active.digest, 'tighter', CONTEXT);
        expect(permissions.inputs.recorded).to.equal(decided - 2);
        expect(permissions.changes.map(({ kind }) => kind)).to.include.members([
          'narrower',
          'shorter_ttl',
        ]);
      });

      it('shows no inputs in queries of events', async () => {
        const answer = await running().service.http.admin('GET', '/admin/v1/audit?limit=500');
        expect(answer.text).to.contain('input_digest').and.not.contain('first_seen_now');
        expect(answer.text.includes('input_masked')).to.equal(mode === 'masked');
      });

      it('proposes nothing from tokens that were never introspected', async () => {
        const report = await analysis.tighten({ sinceMs: 0 }, CONTEXT);
        expect(report.tokens).to.equal(7 * ROUNDS);
        expect(report.proposals).to.deep.equal([]);
      });
    });
  }
});

import { expect } from 'chai';
import { boundedLabel } from '../../../src/telemetry/instruments.js';
import { createMetrics } from '../../../src/telemetry/metrics.js';

describe('metrics', () => {
  it('render what was recorded in the Prometheus text format', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.httpRequest({
      listener: 'public',
      route: 'token',
      method: 'POST',
      status: 200,
      durationMs: 10,
    });
    metrics.stage.observe({ stage: 'decide' }, 0.0002);
    metrics.decisions.inc({ effect: 'allow' });
    metrics.introspections.inc({ verdict: 'active' });
    metrics.revocations.inc({ by: 'agent' });
    metrics.redisScript('gather', 0.0003, false);
    metrics.jobEnded({ job: 'export-audit', ok: true, seconds: 0.1, endedAtMs: 1000 });
    metrics.auditLagEntries.set(3);
    const { contentType, body } = await metrics.render();
    expect(contentType).to.contain('text/plain');
    for (const line of [
      'http_request_duration_seconds_count{code="200",handler="token",method="post",listener="public"} 1',
      'countersign_stage_duration_seconds_count{stage="decide"} 1',
      'countersign_decisions_total{effect="allow"} 1',
      'countersign_introspections_total{verdict="active"} 1',
      'countersign_revocations_total{by="agent"} 1',
      'countersign_redis_script_failures_total{script="gather"} 1',
      'countersign_worker_job_duration_seconds_count{job="export-audit",outcome="done"} 1',
      'countersign_audit_lag_entries 3',
    ]) {
      expect(body).to.contain(line);
    }
  });

  it('shows the revision that decides and no other', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.policyRevision('one');
    metrics.policyRevision('two');
    const { body } = await metrics.render();
    expect(body).to.contain('countersign_policy_info{revision="two"} 1');
    expect(body).not.to.contain('revision="one"');
  });

  it('keeps labels few whatever a caller sends', async () => {
    const metrics = createMetrics({ processMetrics: false });
    for (let n = 0; n < 1000; n++) {
      const [route, method] = [`/${String(n)}`, `M${String(n)}`];
      metrics.httpRequest({ listener: 'public', route, method, status: 404, durationMs: 0 });
    }
    const { body } = await metrics.render();
    expect(body.match(/_count\{code/g)).to.have.length(65);
    expect(body).to.contain('handler="other",method="other"');
  });

  it('keeps a known label after others were turned away', () => {
    const bounded = boundedLabel(1);
    expect([bounded('a'), bounded('b'), bounded('a')]).to.deep.equal(['a', 'other', 'a']);
  });
});

import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_DECISION_LOG_STATE, type DecisionLogState } from '../../../src/domain/decision-log.js';
import type { OpaStatus } from '../../../src/domain/opa-status.js';
import { createMetrics } from '../../../src/telemetry/metrics.js';
import { opa } from '../../support/bundles/opa.js';
import { until } from '../../support/episode.js';
import { startOpa, type OpaServer } from '../../support/opa-server.js';
import { decisionLogCounters, opaStatus } from '../../../src/telemetry/opa-status.js';

const FAILING: DecisionLogState = {
  ...NO_DECISION_LOG_STATE,
  sent: 7,
  chunks_sent: 2,
  chunks_failed: 3,
  lost_overflow: 40,
  lost_too_large: 1,
  waiting_events: 5,
  waiting_bytes: 5000,
  oldest_ms: 1,
  failure: { message: 'the receiver answered HTTP 503', http_code: 503 },
};
const AT_MS = Date.parse('2026-02-03T04:05:06.789Z');

describe("status in OPA's shape", () => {
  it('says never as Go does, and is not ready, before a bundle is active', () => {
    const status = opaStatus({
      labels: { id: 'n' },
      bundles: [{ name: 'countersign', requestedAtMs: AT_MS }],
      decisionLog: undefined,
    });
    expect(status.bundles['countersign']).to.deep.equal({
      name: 'countersign',
      type: 'snapshot',
      last_successful_activation: '0001-01-01T00:00:00Z',
      last_successful_download: '0001-01-01T00:00:00Z',
      last_successful_request: '0001-01-01T00:00:00Z',
      last_request: '2026-02-03T04:05:06.789Z',
    });
    expect(status.plugins).to.deep.equal({
      bundle: { state: 'NOT_READY' },
      status: { state: 'OK' },
    });
    expect(status).not.to.have.property('decision_logs');
  });

  it('keeps the active revision with the failure of a newer one', () => {
    const failure = { message: 'over_limit: too large', problems: ['too large'], httpCode: 500 };
    const { bundles, plugins } = opaStatus({
      labels: {},
      bundles: [{ name: 'countersign', activeRevision: 'r1', activatedAtMs: AT_MS, failure }],
      decisionLog: { http: FAILING, file: NO_DECISION_LOG_STATE, stdout: undefined },
    });
    expect(bundles['countersign']).to.deep.include({
      active_revision: 'r1',
      code: 'bundle_error',
      message: 'over_limit: too large',
      errors: [{ code: 'bundle_error', message: 'too large' }],
      http_code: 500,
    });
    expect(plugins['bundle']).to.deep.equal({ state: 'OK' });
    expect(plugins['decision_logs']?.state).to.equal('WARN');
  });

  it('says how the decision log failed, with the counters of OPA', () => {
    const { decision_logs: log } = opaStatus({
      labels: {},
      bundles: [],
      decisionLog: { http: FAILING },
    });
    expect(log).to.deep.include({
      code: 'decision_log_error',
      message: 'http: the receiver answered HTTP 503',
      http_code: 503,
    });
    expect(log?.metrics).to.include({
      counter_decision_logs_chunks_uploaded: 2,
      counter_decision_logs_chunks_upload_failed: 3,
      counter_decision_logs_dropped_buffer_size_limit_bytes_exceeded: 40,
      counter_decision_logs_encoding_failure: 1,
    });
  });
});

describe("metrics by OPA's names", () => {
  it('are those that OPA 1.22 has, with its labels', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.opaVersion('1.22.2');
    metrics.bundleLoaded('countersign', { timer_rego_load_bundles_ns: 5_000_000 });
    metrics.bundleFailed('countersign', 'over_limit');
    const sinks = { http: FAILING };
    const bundle = { name: 'countersign', activeRevision: 'r1', activatedAtMs: AT_MS };
    const facts = { ...bundle, downloadedAtMs: 1, answeredAtMs: 2, requestedAtMs: 3 };
    const status = opaStatus({ labels: {}, bundles: [facts], decisionLog: sinks });
    // Twice: a scrape must not add what the one before it said.
    for (let scrape = 0; scrape < 2; scrape++) {
      metrics.opaStatus(status, decisionLogCounters(sinks));
      metrics.decisionLog(sinks);
    }
    const { body } = await metrics.render();
    for (const line of [
      'opa_info{version="1.22.2"} 1',
      'plugin_status_gauge{name="bundle",status="OK"} 1',
      'plugin_status_gauge{name="decision_logs",status="WARN"} 1',
      'bundle_loaded_counter{name="countersign"} 1',
      'bundle_failed_load_counter{name="countersign",code="bundle_error",message="over_limit"} 1',
      `last_success_bundle_activation{name="countersign",active_revision="r1"} ${String(AT_MS * 1e6)}`,
      'last_success_bundle_download{name="countersign"} 1000000',
      'last_success_bundle_request{name="countersign"} 2000000',
      'last_bundle_request{name="countersign"} 3000000',
      'bundle_loading_duration_ns_bucket{le="8192000",name="countersign",stage="timer_rego_load_bundles_ns"} 1',
      'decision_logs_status_gauge{code="decision_log_error",http_code="503"} 1',
      'decision_logs_chunks_uploaded_total 2',
      'decision_logs_chunks_upload_failed_total 3',
      'decision_logs_dropped_buffer_size_limit_bytes_exceeded_total 40',
      'decision_logs_encoding_failure_total 1',
      'decision_logs_buffer_size_bytes 5000',
      'countersign_decision_log_events_total{sink="http",outcome="sent"} 7',
      'countersign_decision_log_events_total{sink="http",outcome="lost_overflow"} 40',
      'countersign_decision_log_failing{sink="http"} 1',
    ]) {
      expect(body).to.contain(`${line}\n`);
    }
  });
});

describe('status and metrics compared with those of OPA', function () {
  this.timeout(30_000);
  let server: OpaServer | undefined;
  let dir: string;
  let theirs: OpaStatus;
  let page: string;
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'cs-opa-status-'));
    writeFileSync(join(dir, 'p.rego'), 'package countersign\n\ndecision := 1');
    // As Rego: an OPA without a WASM engine takes no other.
    const roots = ['--revision', 'r1', '-o', 'bundle.tar.gz', 'p.rego'];
    opa(['build', ...roots], { cwd: dir });
    const bundle = join(dir, 'bundle.tar.gz');
    const started = await startOpa([
      `bundles.countersign.resource=file://${bundle}`,
      'bundles.countersign.persist=false',
      'status.prometheus=true',
      'labels.region=here',
    ]);
    server = started;
    await until('OPA activated its bundle', async () => {
      const answer = await fetch(`${started.url}/v1/status`);
      theirs = ((await answer.json()) as { result: OpaStatus }).result;
      page = await (await fetch(`${started.url}/metrics`)).text();
      return page.includes('bundle_loaded_counter{');
    });
  });
  after(() => {
    // Undefined when the start failed, which is then the error to show.
    server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('has no member that OPA does not have, and equal types', () => {
    const facts = { name: 'countersign', activeRevision: 'r1', activatedAtMs: AT_MS };
    const ours = opaStatus({
      labels: { id: 'n', version: '1' },
      bundles: [facts],
      decisionLog: {},
    });
    for (const part of ['labels', 'bundles', 'plugins'] as const) {
      expect(theirs, part).to.have.property(part);
    }
    const [mine, other] = [ours.bundles['countersign'] ?? {}, theirs.bundles['countersign'] ?? {}];
    for (const [member, value] of Object.entries(mine)) {
      expect(other, member).to.have.property(member);
      expect(typeof value, member).to.equal(typeof Reflect.get(other, member));
    }
    expect(Object.keys(theirs.plugins)).to.include.members(['bundle', 'decision_logs', 'status']);
    expect(theirs.plugins['bundle']).to.deep.equal(ours.plugins['bundle']);
    expect(Object.keys(theirs.labels)).to.include.members(Object.keys(ours.labels));
  });

  it('has OPA’s names and labels of metrics', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.opaVersion('1');
    metrics.bundleLoaded('countersign', { timer_rego_load_bundles_ns: 1 });
    metrics.httpRequest({
      listener: 'admin',
      route: 'x',
      method: 'GET',
      status: 200,
      durationMs: 1000,
    });
    const facts = { name: 'countersign', activeRevision: 'r1', activatedAtMs: AT_MS };
    const times = { downloadedAtMs: 1, answeredAtMs: 2, requestedAtMs: 3 };
    const sinks = { http: NO_DECISION_LOG_STATE };
    const status = opaStatus({ labels: {}, bundles: [{ ...facts, ...times }], decisionLog: sinks });
    metrics.opaStatus(status, decisionLogCounters(sinks));
    metrics.decisionLog(sinks);
    const ours = (await metrics.render()).body;
    for (const name of [
      'opa_info',
      'plugin_status_gauge',
      'bundle_loaded_counter',
      'last_success_bundle_activation',
      'last_success_bundle_download',
      'last_success_bundle_request',
      'last_bundle_request',
      'bundle_loading_duration_ns_bucket',
      'http_request_duration_seconds_bucket',
      'decision_logs_buffer_size_bytes',
    ]) {
      expect(labelsOf(page, name), `OPA has ${name}`).not.to.equal(undefined);
      expect(labelsOf(ours, name), name).to.include.members(labelsOf(page, name) ?? []);
    }
  });
});

/** The names of a metric's labels on a page; undefined when it is not there. */
function labelsOf(page: string, name: string): string[] | undefined {
  const line = page.split('\n').find((text) => new RegExp(`^${name}[{ ]`).test(text));
  return line === undefined
    ? undefined
    : [...line.matchAll(/[{,](\w+)="/g)].map(([, at]) => at ?? '');
}

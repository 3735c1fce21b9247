import { createRequire } from 'node:module';
import { createRotatingFile, createStreamLog } from '../audit/decision-log/file-sink.js';
import { createHttpSink } from '../audit/decision-log/http-sink.js';
import { runPump, uploadPace, type Pace } from '../audit/decision-log/loop.js';
import { readMasks } from '../audit/decision-log/mask.js';
import { DecisionPump, type PumpOptions } from '../audit/decision-log/pump.js';
import type { DecisionSink } from '../audit/decision-log/sink.js';
import { sinkName } from '../audit/decision-log/source.js';
import type { AuditStore } from '../audit/store.js';
import type { Config } from '../config/config.js';
import type { DecisionLogHttpConfig } from '../config/decision-log.js';
import type { Logger } from '../domain/logger.js';
import { createLogRules, type ActiveBundle } from './policy/log-rules.js';
import { BUNDLE_NAME } from './policy/facts.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** Interval between runs of local sinks, in milliseconds. */
const LOCAL_EVERY_MS = 500;

/**
 * Starts the decision log's sinks, each with a separate loop and position.
 * A sink that falls behind delays no other sink and no other work. Call before the first export: a new sink starts with
 * the next event.
 */
export function startDecisionLog(
  config: Config,
  store: AuditStore,
  activeBundle: ActiveBundle,
  log: Logger,
): { stop(): Promise<void> } {
  const sinks = sinksOf(config);
  if (sinks.length === 0) return { stop: () => Promise.resolve() };
  const rules = createLogRules(activeBundle, config.decisionLog, (why) => {
    log.error({ why }, 'the bundle cannot mask or drop decision log events');
  });
  const loops = sinks.map(({ sink, pace }) => {
    const options = pumpOptions(config, store, log, sink.name);
    const pump = new DecisionPump(store.decisions, sink, { ...options, rules });
    return runPump(pump, pace, {
      failed: (name, message) => {
        log.error({ sink: name, why: message }, 'decision log sink failed; events kept on disk');
      },
      recovered: (name) => {
        log.info({ sink: name }, 'decision log sink recovered');
      },
    });
  });
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

function pumpOptions(
  { decisionLog, policy }: Config,
  store: AuditStore,
  log: Logger,
  sink: string,
): Omit<PumpOptions, 'rules'> {
  return {
    prepare: {
      labels: { ...decisionLog.labels, id: store.storeId, version },
      entrypoint: policy.entrypoint,
      bundle: BUNDLE_NAME,
      masks: readMasks(decisionLog.mask),
    },
    bufferMaxBytes: decisionLog.bufferMaxBytes,
    onLost: ({ reason, events, fromMs, toMs }) => {
      const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
      log.error({ sink, reason, lost: events, from, to }, 'decision log events lost');
    },
    onRuleFailed: (rule, why, events) => {
      const what = rule === 'mask' ? 'logged without content' : 'logged unchanged';
      log.error({ sink, rule, why, events }, `decision log rule failed; events are ${what}`);
    },
  };
}

/** Returns the names of the configured sinks in the audit store's table of positions. */
export function decisionLogSinkNames(decisionLog: Config['decisionLog']): readonly string[] {
  return sinksOf({ decisionLog }).map(({ sink }) => sinkName(sink.name));
}

function sinksOf({
  decisionLog,
}: Pick<Config, 'decisionLog'>): { readonly sink: DecisionSink; readonly pace: Pace }[] {
  const { file, stdout, http } = decisionLog;
  const local: Pace = { idle: () => LOCAL_EVERY_MS, afterFailure: () => LOCAL_EVERY_MS };
  return [
    ...(file === undefined ? [] : [{ sink: createRotatingFile(file), pace: local }]),
    ...(stdout ? [{ sink: createStreamLog(process.stdout), pace: local }] : []),
    ...(http === undefined
      ? []
      : [{ sink: createHttpSink({ ...http, headers: headersOf(http) }), pace: paceOf(http) }]),
  ];
}

function headersOf({ token, tokenHeader }: DecisionLogHttpConfig): Record<string, string> {
  if (token === undefined) return {};
  return { [tokenHeader]: tokenHeader === 'authorization' ? `Bearer ${token}` : token };
}

function paceOf({ minDelayMs, maxDelayMs }: DecisionLogHttpConfig): Pace {
  return uploadPace(minDelayMs, maxDelayMs, Math.random);
}

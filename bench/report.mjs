// Ratios and targets from the results.
import { policyTargets } from './policy-targets.mjs';
import { round } from './redis.mjs';

const SERVICES = ['countersign', 'countersign_express'];
const OTHERS = ['limit', 'floor', 'oidc', 'opa'];

/** `{workload: {fsync: {countersign: {limit: {rps, cpu}, …}}}}`: above 1, Countersign does more. */
export function ratiosOf(results) {
  return mapTwice(results, (byName) => {
    const ratios = {};
    for (const service of SERVICES) {
      ratios[service] = Object.fromEntries(
        OTHERS.filter((other) => byName[other] !== undefined && byName[service] !== undefined).map(
          (other) => [other, ratio(byName[service], byName[other])],
        ),
      );
    }
    return ratios;
  });
}

function ratio(ours, theirs) {
  return {
    rps: round(ours.rps / theirs.rps, 2),
    cpu: round(theirs.cpu_ms_per_request / ours.cpu_ms_per_request, 2),
  };
}

function mapTwice(results, map) {
  const mapped = {};
  for (const [workload, byPolicy] of Object.entries(results)) {
    mapped[workload] = {};
    for (const [policy, byName] of Object.entries(byPolicy)) {
      mapped[workload][policy] = map(byName);
    }
  }
  return mapped;
}

const SPEED_TARGETS = [
  ['introspect_hot', 'floor', 0.9],
  ['introspect_hot', 'oidc', 2],
  ['introspect_hot', 'limit', 0.7],
  ['issue_form', 'floor', 0.7],
  ['issue_form', 'oidc', 1],
  ['issue_form', 'opa', 1],
];

/** What was aimed at, what came out of the last fsync policy measured, and whether that is enough. */
export function targetsOf({ ratios, stages, memory, agents, policy, quarantine, gather }) {
  const targets = [];
  const add = (name, wanted, got, met) => targets.push({ name, wanted, got, met });
  for (const [workload, other, least] of SPEED_TARGETS) {
    const byPolicy = ratios[workload] ?? {};
    const got = Object.values(byPolicy).at(-1)?.countersign?.[other];
    if (got === undefined) continue;
    add(`${workload} / ${other}`, `>= ${least}`, got, got.rps >= least);
  }
  const { policy_share_of_request: ofTime, policy_share_of_cpu: ofCpu } = stages?.issue ?? {};
  if (ofTime !== undefined)
    add('policy share of the time of a request', '< 0.1', ofTime, ofTime < 0.1);
  if (ofCpu !== undefined) add('policy share of its CPU time', '< 0.1', ofCpu, ofCpu < 0.1);
  if (memory !== undefined) {
    const mb = memory.resident_mb_highest;
    add(`resident MB after ${memory.grants} grants`, '< 150', mb, mb < 150);
  }
  if (agents !== undefined) {
    const got = agents.cpu_ratio_ten_of_many;
    add(`CPU per request, ${agents.registered} agents / 10 agents`, '<= 1.1', got, got <= 1.1);
  }
  if (quarantine !== undefined) {
    const got = quarantine.active_after;
    add('introspections active after a quarantine was answered', '0', got, got === 0);
  }
  for (const [name, { us }] of Object.entries(gather ?? {})) {
    add(
      `µs in Redis of the gather, an agent ${name === 'usual' ? 'as ever' : 'in a burst'}`,
      '<= 60',
      us.p50,
      us.p50 <= 60,
    );
  }
  return policy === undefined ? targets : [...targets, ...policyTargets(policy)];
}

import type { StoredAuditEvent } from '../../domain/audit.js';
import type { ModelledAgent, SignalModel } from '../../domain/signal-model.js';
import { saidOf } from '../../domain/signals.js';
import type {
  Crossing,
  SimulatedStepUp,
  SimulatedStop,
  SimulationOptions,
} from '../../domain/simulation.js';
import { denialSeen, isRequest, misuseSeen, requestSeen, requestsOf } from './observations.js';
import type { RevocationTimes } from './revocations.js';
import { HeldTokens } from './held-tokens.js';
import { Repetitions } from './repetitions.js';
import { unprovoked } from './unprovoked.js';

interface Counted {
  readonly crossing: Crossing;
  requests: number;
  grants: number;
}

/**
 * Runs the events of one agent through the model, in order, and simulates the outcome.
 * Constant memory.
 */
export class AgentRun {
  private modelled: ModelledAgent | undefined;
  private readonly held = new HeldTokens();
  private readonly repetitions = new Repetitions();
  private asked = false;
  /** The request with a recorded quarantine: it is recorded before the denial. */
  private cutAfter: string | undefined;
  private stepUp: Counted | undefined;
  private stop: (Counted & { readonly tokensCut: number }) | undefined;

  constructor(
    private readonly agent: string,
    private readonly model: SignalModel,
    private readonly options: SimulationOptions,
    private readonly revocations: RevocationTimes,
  ) {}

  take(event: StoredAuditEvent): void {
    if (event.type === 'agent.status_changed') this.changed(event);
    else if (isRequest(event)) this.requested(event);
    const misuse = misuseSeen(event);
    if (misuse !== undefined) this.modelled?.observe(misuse, event.time_ms);
  }

  /** Returns whether it made a request in the simulated time. */
  hasAsked(): boolean {
    return this.asked;
  }

  stopped(): SimulatedStop | undefined {
    if (this.stop === undefined) return undefined;
    const { crossing, requests, grants, tokensCut } = this.stop;
    return {
      agent: this.agent,
      ...crossing,
      later_requests: requests - 1,
      denied_grants: grants,
      tokens_cut: tokensCut,
    };
  }

  steppedUp(): SimulatedStepUp | undefined {
    if (this.stepUp === undefined) return undefined;
    const { crossing, requests, grants } = this.stepUp;
    return { agent: this.agent, ...crossing, requests, grants };
  }

  /**
   * Applies a status change.
   * An inactive agent loses its tokens; a release says what happens to the signals.
   */
  private changed({ detail, decision_id: decisionId, time_ms: nowMs }: StoredAuditEvent): void {
    if (detail?.['status'] === 'active') {
      if (detail['signals'] === 'forgotten') this.modelled = undefined;
      if (detail['signals'] === 'settled') this.modelled?.settle(nowMs);
    } else if (decisionId === undefined) this.held.cut();
    else this.cutAfter = decisionId;
  }

  private requested(event: StoredAuditEvent): void {
    const { time_ms: nowMs } = event;
    this.modelled ??= this.model.start(nowMs);
    const repeats = this.repetitions.has(event);
    const seen = requestSeen(event, this.revocations.before(event));
    const { anomaly, terms } = this.modelled.observe(
      repeats ? { ...seen, honeyScopes: 0 } : seen,
      nowMs,
    );
    const crossing = (): Crossing => ({
      at_ms: nowMs,
      decision_id: event.decision_id ?? '',
      anomaly,
      signals: saidOf(terms),
    });
    this.judge(event, { anomaly, calm: unprovoked(anomaly, terms) }, crossing);
    if (event.decision_id !== undefined && event.decision_id === this.cutAfter) this.held.cut();
    if (event.type === 'access.granted') this.held.add(event.expires_at_ms ?? nowMs);
    const denial = repeats ? undefined : denialSeen(event);
    if (denial !== undefined) this.modelled.observe(denial, nowMs);
  }

  private judge(
    event: StoredAuditEvent,
    { anomaly, calm }: { readonly anomaly: number; readonly calm: number },
    crossing: () => Crossing,
  ): void {
    const { sinceMs, stepUp, quarantine } = this.options;
    if (event.time_ms < sinceMs) return;
    this.asked = true;
    if (this.stop !== undefined) {
      count(this.stop, event);
      return;
    }
    // Without a policy evaluation no policy could have acted on the score.
    if (event.policy_revision === undefined) return;
    if (anomaly >= quarantine) {
      const tokensCut = this.held.activeAt(event.time_ms);
      this.stop = { crossing: crossing(), requests: 0, grants: 0, tokensCut };
      count(this.stop, event);
    } else if (calm >= stepUp) {
      this.stepUp ??= { crossing: crossing(), requests: 0, grants: 0 };
      count(this.stepUp, event);
    }
  }
}

function count(counted: Counted, event: StoredAuditEvent): void {
  counted.requests += requestsOf(event);
  if (event.type === 'access.granted') counted.grants += 1;
}

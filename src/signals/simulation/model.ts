import { resourceItem, scopeItem } from '../../domain/signal-items.js';
import type { ObservedEvent, SignalModel } from '../../domain/signal-model.js';
import { observe, type SignalEvent } from '../model/observe.js';
import { settle } from '../model/settle.js';
import { emptyState } from '../model/state.js';

/** Terms below this value are not reported, as in the script. */
const TERM_SHOWN = 0.3;
const NOTHING = new Uint8Array(0);

/** The reference model, equal to the scripts in the store. A new agent starts from the default prior. */
export const signalModel: SignalModel = {
  start(startMs) {
    const state = emptyState(startMs);
    return {
      observe(event, nowMs) {
        const { anomaly, terms } = observe(state, packed(event), nowMs);
        const shown = terms.filter(({ score }) => score >= TERM_SHOWN);
        return { anomaly, terms: shown.sort((a, b) => b.score - a.score) };
      },
      settle: (nowMs) => {
        settle(state, nowMs);
      },
    };
  },
};

function packed(event: ObservedEvent): SignalEvent {
  const { requests, denials, resource, scopes, honeyScopes, misuse, revokedMs } = event;
  return {
    requests,
    denials,
    scopes: Buffer.concat(scopes.map((scope) => scopeItem(resource ?? '', scope))),
    resource: resource === undefined ? NOTHING : resourceItem(resource),
    honey: honeyScopes,
    misuse,
    revokedMs,
  };
}

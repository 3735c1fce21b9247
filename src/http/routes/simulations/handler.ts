import type { AnalysisOperations } from '../../../use-cases/policy/analysis.js';
import { compileCheck } from '../../../schema/compile.js';
import { readDocument } from '../../admin-body.js';
import type { Handler } from '../../call.js';
import type { RequestParsers } from '../../ports.js';
import { replyJson } from '../../reply.js';
import { timeOf } from '../audit/time.js';
import { SIMULATION_BODY, type SimulationBody } from './schema.js';

export interface SimulationDeps {
  readonly operations: { readonly analysis: Pick<AnalysisOperations, 'simulate'> };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const WARM_UP_SECONDS = 14 * 86_400;
const STEP_UP = 0.8;
const checkSimulation = compileCheck<SimulationBody>(SIMULATION_BODY);

/** POST /admin/v1/signals/simulations. */
export function simulateSignals({ operations, parsers }: SimulationDeps): Handler {
  return async (call) => {
    const body = await readDocument(call, parsers, checkSimulation);
    const { since, until, quarantine, agent, class: agentClass } = body;
    const { warm_up_seconds: warmUpSeconds = WARM_UP_SECONDS } = body;
    const command = {
      sinceMs: timeOf('since', since),
      ...(until === undefined ? {} : { untilMs: timeOf('until', until) }),
      warmUpMs: warmUpSeconds * 1000,
      stepUp: body.step_up ?? Math.min(STEP_UP, quarantine),
      quarantine,
      ...(agentClass === undefined ? {} : { agentClass }),
      ...(agent === undefined ? {} : { agentId: agent }),
    };
    return replyJson(200, await operations.analysis.simulate(command));
  };
}

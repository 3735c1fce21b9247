import { compileCheck } from '../../../schema/compile.js';
import type { AnalysisOperations } from '../../../use-cases/policy/analysis.js';
import { readDocument } from '../../admin-body.js';
import { RESPOND } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import type { RequestParsers } from '../../ports.js';
import { timeOf } from '../../query-time.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import { SIMULATION_BODY, type SimulationBody, SIMULATION_REPORT } from './schema.js';

export interface SimulationDeps {
  readonly operations: { readonly analysis: Pick<AnalysisOperations, 'simulate'> };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const WARM_UP_SECONDS = 14 * 86_400;
const STEP_UP = 0.8;
const checkSimulation = compileCheck<SimulationBody>(SIMULATION_BODY);

/** Returns the route that simulates anomaly thresholds. */
export function simulationRoutes({ operations, parsers }: SimulationDeps): readonly AdminRoute[] {
  return [
    adminRoute('simulateSignals', {
      summary:
        'Replay recorded events through the anomaly model and report the agents that thresholds would stop.',
      method: 'POST',
      path: '/admin/v1/signals/simulations',
      roles: RESPOND,
      json: SIMULATION_BODY,
      responses: {
        200: jsonAnswer('The agents stopped, with time and reason.', SIMULATION_REPORT),
      },
      errors: ['conflict', 'slow_down'],
      handler: async (call) => {
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
        return replyJson(200, await operations.analysis.simulate(command, adminContextOf(call)));
      },
    }),
  ];
}

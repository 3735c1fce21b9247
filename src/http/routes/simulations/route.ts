import { adminRoute } from '../../admin-route.js';
import { jsonAnswer, type Route } from '../../route.js';
import { simulateSignals, type SimulationDeps } from './handler.js';
import { SIMULATION_BODY, SIMULATION_REPORT } from './schema.js';

/** What the anomaly score would have caused. */
export function simulationRoutes(deps: SimulationDeps): readonly Route[] {
  return [
    adminRoute('simulateSignals', {
      summary: 'Put recorded events through the anomaly model, and say whom thresholds would stop.',
      method: 'POST',
      path: '/admin/v1/signals/simulations',
      json: SIMULATION_BODY,
      responses: { 200: jsonAnswer('Whom, when and why.', SIMULATION_REPORT) },
      errors: ['conflict'],
      handler: simulateSignals(deps),
    }),
  ];
}

import { CountersignError } from '../../../domain/errors.js';
import type { DataAnswer, DataOperations } from '../../../use-cases/policy/evaluate-data.js';
import { readJson } from '../../admin-body.js';
import { RESPOND } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import type { Call } from '../../call.js';
import type { RequestParsers } from '../../ports.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import { ANSWER, FLAG, REQUEST } from './schema.js';

export interface DataDeps {
  readonly operations: { readonly data: DataOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
  readonly version: string;
}

interface Flags {
  readonly pretty: boolean;
  readonly metrics: boolean;
  readonly provenance: boolean;
}

/** Returns the route that is compatible with OPA's Data API. */
export function dataRoutes({ operations, parsers, version }: DataDeps): readonly AdminRoute[] {
  const route = adminRoute('evaluateData', {
    summary:
      'Evaluate an entrypoint of the active bundle and return the raw result (OPA’s Data API).',
    method: 'POST',
    path: '/v1/data/{path+}',
    roles: RESPOND,
    json: REQUEST,
    query: {
      pretty: { description: 'Indented.', schema: FLAG },
      metrics: { description: 'Some of OPA’s timers, in nanoseconds.', schema: FLAG },
      provenance: { description: 'The revision of the bundle.', schema: FLAG },
    },
    errors: ['policy_budget_exceeded', 'slow_down'],
    responses: { 200: jsonAnswer('The document; without `result` when undefined.', ANSWER) },
    handler: async (call) => {
      const startedNs = process.hrtime.bigint();
      const input = inputOf(await readJson(call, parsers));
      const parsedNs = process.hrtime.bigint();
      const answer = await operations.data.evaluate(
        entrypointOf(call),
        input,
        adminContextOf(call),
      );
      const flags = flagsOf(call.query);
      const metrics = {
        timer_rego_input_parse_ns: Number(parsedNs - startedNs),
        timer_rego_query_eval_ns: answer.evaluationNs,
        timer_server_handler_ns: Number(process.hrtime.bigint() - startedNs),
      };
      const document = {
        decision_id: answer.decisionId,
        provenance: flags.provenance ? provenanceOf(answer, version) : undefined,
        metrics: flags.metrics ? metrics : undefined,
        result: answer.result,
      };
      const reply = replyJson(200, document);
      return flags.pretty ? { ...reply, body: `${JSON.stringify(document, null, 2)}\n` } : reply;
    },
  });
  return [{ ...route, errorShape: 'opa' }];
}

function inputOf(body: unknown): object {
  const { input } = body as { readonly input?: unknown };
  // OPA evaluates an undefined input; here a missing input is a client's error.
  if (input === undefined) throw new CountersignError('invalid_request', 'input is missing.');
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  throw new CountersignError('invalid_request', 'input is not an object.');
}

function entrypointOf({ params }: Call): string {
  const { path } = params;
  return typeof path === 'string' ? path : (path ?? []).join('/');
}

/** Parses flags like OPA: `name`, `name=` and `name=true` are true; ignores unknown parameters. */
function flagsOf(query: string): Flags {
  const given = new URLSearchParams(query);
  const flag = (name: string): boolean =>
    given.getAll(name).some((value) => value === '' || value.toLowerCase() === 'true');
  return { pretty: flag('pretty'), metrics: flag('metrics'), provenance: flag('provenance') };
}

function provenanceOf({ revision }: DataAnswer, version: string): object {
  return {
    version,
    build_commit: '',
    build_timestamp: '',
    build_hostname: '',
    bundles: { countersign: { revision } },
  };
}

import { expect } from 'chai';
import { buildBundle } from '../../support/bundles/build.js';
import type { Answer } from '../../support/http.js';
import {
  CODECS,
  expectError,
  jwtPart,
  tokenAsk,
  tokenOf,
  type Codec,
  type Wanted,
} from './asks.js';
import { accessEvents } from './stream-events.js';
import { registerAgent, useTableService } from './table-service.js';

const DECLARED = {
  session_id: 'session é 1',
  task_id: 'task/2',
  user_id: 'user@example.com',
  reason: 'refund #7, asked by “Ann” & co = 100%',
};
const { reason, ...IDS } = DECLARED;

const MEMBERS = ['session', 'task', 'user', 'reason'] as const;
const STRICT = {
  id: 'strict-api',
  audiences: ['https://strict.demo'],
  scopes: [{ name: 'act', risk: 'low', description: 'Act' }],
  requires: MEMBERS,
} as const;
const GRANTS = [{ resource: 'strict-api', scopes: ['act'] }];

describe('session, task, user and reason travel with the request', () => {
  const table = useTableService(() => ({
    resources: [STRICT],
    resourceServers: [{ id: 'strict-rs', resources: ['strict-api'] }],
  }));

  async function ask(codec: Codec, wanted: Wanted): Promise<{ answer: Answer; id: string }> {
    const { http } = table().service;
    const id = `declares-${codec}-${String(Object.keys(wanted).length)}-${String(agents++)}`;
    const client = await registerAgent(http, { id, grants: GRANTS });
    const members = { resource: 'strict-api', scope: 'act', ...wanted };
    return { id, answer: await http.send('POST', '/token', tokenAsk(codec, client, members)) };
  }
  let agents = 0;

  for (const codec of CODECS) {
    it(`${codec}: to the policy, the claims, introspection and the record`, async () => {
      const { http } = table().service;
      const secret = await http.admin('POST', '/admin/v1/resource-servers/strict-rs/secrets');
      const { answer, id } = await ask(codec, DECLARED);
      const token = tokenOf(answer);
      const claims = jwtPart(token, 1);
      expect(claims).to.include(IDS);
      // A reason is the agent's own words: the record has it, the token does not.
      expect(claims).not.to.have.property('reason');
      const basic = ['strict-rs', String(secret.json()['secret'])] as const;
      const seen = await http.send('POST', '/introspect', { basic, form: { token } });
      expect(seen.json()).to.include({ active: true, ...IDS });
      const [event] = await accessEvents(table().redis, id);
      expect(event).to.include({ type: 'access.granted', ...IDS, declared_reason: reason });
    });

    for (const member of MEMBERS) {
      const name = member === 'reason' ? member : (`${member}_id` as const);
      for (const how of ['left out', 'empty'] as const) {
        it(`${codec}: ${member} ${how} is a denial that names it, where the resource requires it`, async () => {
          const { [name]: _dropped, ...others } = DECLARED;
          const wanted = how === 'empty' ? { ...others, [name]: '' } : others;
          const { answer, id } = await ask(codec, wanted);
          if (codec === 'json') {
            expectError(answer, codec, 403, 'access_denied');
            expect(answer.json()['reasons']).to.deep.equal([
              {
                rule: 'countersign.requirements.missing',
                code: 'declared_member_required',
                message: `The resource requires the request to declare its ${member}.`,
              },
            ]);
          } else expectError(answer, codec, 400, 'invalid_scope');
          const [event] = await accessEvents(table().redis, id);
          expect(event).to.deep.include({
            type: 'access.denied',
            codes: ['declared_member_required'],
          });
          expect(event).to.include(
            Object.fromEntries(Object.entries(others).filter(([key]) => key !== 'reason')),
          );
        });
      }
    }

    it(`${codec}: what was not declared is nowhere`, async () => {
      const { service, redis } = table();
      const client = await registerAgent(service.http, {
        id: `silent-${codec}`,
        grants: [{ resource: 'stripe', scopes: ['read_invoices'] }],
      });
      const token = tokenOf(await service.http.send('POST', '/token', tokenAsk(codec, client)));
      const names = ['session_id', 'task_id', 'user_id', 'reason', 'declared_reason'];
      expect(jwtPart(token, 1)).not.to.have.any.keys(names);
      const [event] = await accessEvents(redis, client[0]);
      expect(event).not.to.have.any.keys(names);
      const { resourceServer: basic } = service;
      const seen = await service.http.send('POST', '/introspect', { basic, form: { token } });
      expect(seen.json()).not.to.have.any.keys(names);
    });
  }
});

/** Grants to one session alone, so that only what the policy sees can decide. */
const BY_DECLARED = `
decision := {
	"effect": "allow",
	"grant": {"scopes": input.request.scopes, "ttl_seconds": 60},
	"reasons": [], "obligations": [],
} if {
	input.request.declared == {"session_id": "s", "task_id": "t", "user_id": "u", "reason": "r"}
	not "s" in object.keys(input.agent)
} else := {"effect": "deny", "reasons": [], "obligations": []}`;

describe('the policy sees the declared members and no others', () => {
  const table = useTableService(() => ({
    overrides: {
      'policy.path': buildBundle({ rego: BY_DECLARED }),
      'policy.admission.violations': 'warn',
      // Nothing but these four declared members is granted.
      'policy.admission.require_grants': 'warn',
    },
  }));

  for (const codec of CODECS) {
    it(codec, async () => {
      const { http, agent } = table().service;
      const all = { session_id: 's', task_id: 't', user_id: 'u', reason: 'r' };
      const ask = (wanted: Wanted) => http.send('POST', '/token', tokenAsk(codec, agent, wanted));
      tokenOf(await ask(all));
      expect((await ask({ ...all, user_id: 'v' })).status).to.equal(codec === 'json' ? 403 : 400);
      expect((await ask({})).status).to.equal(codec === 'json' ? 403 : 400);
    });
  }
});

import { expect } from 'chai';
import { Pool } from 'undici';
import { basicOf } from '../support/http.js';
import { startFakeService, ADMIN_TOKENS, type FakeService } from '../support/http-listeners.js';

const MOST_TIMES = 5;
const LOOKS = [1, 5, 15, 40];
const CHARS = 65_000;

/** What stalled the process for ten seconds, and its like behind a boundary of words. */
const STALLING = ['eyJ', 'eyJ-', 'eyJa.', 'Bearer '].map((unit) =>
  unit.repeat(CHARS / unit.length),
);

interface Target {
  readonly name: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: (text: string) => unknown;
  readonly url: (service: FakeService) => string;
}

const publicUrl = ({ endpoints }: FakeService): string => endpoints.publicUrl;
const TOKEN = { resource: 'stripe', scope: 'read' };
const TARGETS: readonly Target[] = [
  ...['scope', 'session_id', 'reason'].map((member) => ({
    name: `POST /token, ${member}, without a credential`,
    path: '/token',
    body: (text: string) => ({ ...TOKEN, [member]: text }),
    url: publicUrl,
  })),
  {
    name: 'POST /access/v1/evaluation, subject.id, without a credential',
    path: '/access/v1/evaluation',
    body: (text) => ({ subject: { type: 'agent', id: text }, action: { name: 'a' } }),
    url: publicUrl,
  },
  {
    name: 'POST /token of the sidecar, session_id',
    path: '/token',
    body: (text) => ({ ...TOKEN, session_id: text }),
    url: ({ endpoints }) => endpoints.sidecarUrl ?? '',
  },
  {
    name: 'POST /introspect, token, with a wrong secret',
    path: '/introspect',
    headers: { authorization: basicOf('a', 'b') },
    body: (text) => `token=${text}`,
    url: publicUrl,
  },
  {
    name: 'POST /admin/v1/revocations, value',
    path: '/admin/v1/revocations',
    headers: { authorization: `Bearer ${ADMIN_TOKENS.operator}` },
    body: (text) => ({ by: 'session', value: text, reason: text }),
    url: ({ endpoints }) => endpoints.adminUrl,
  },
];

describe('a body of secrets cut short stalls no listener', function () {
  this.timeout(300_000);
  let service: FakeService;
  before(async () => {
    service = await startFakeService();
  });
  after(() => service.close());

  for (const { name, path, headers, body, url } of TARGETS) {
    it(name, async () => {
      const pool = new Pool(url(service), { connections: 1 });
      const send = async (text: string): Promise<number> => {
        const made = body(text);
        const form = typeof made === 'string';
        const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
        const began = performance.now();
        const answer = await pool.request({
          method: 'POST',
          path,
          headers: { 'content-type': type, ...headers },
          body: form ? made : JSON.stringify(made),
        });
        await answer.body.dump();
        return performance.now() - began;
      };
      try {
        const control = 'q'.repeat(CHARS);
        for (const text of STALLING) {
          const isQuick = async (tries: number): Promise<boolean> => {
            let [own, other] = [Infinity, Infinity];
            for (let attempt = 0; attempt < tries; attempt++) {
              own = Math.min(own, await send(text));
              other = Math.min(other, await send(control));
            }
            return own <= MOST_TIMES * other;
          };
          let quick = false;
          for (const tries of LOOKS) quick ||= await isQuick(tries);
          expect(quick, text.slice(0, 8)).to.equal(true);
        }
      } finally {
        await pool.close();
      }
    });
  }
});

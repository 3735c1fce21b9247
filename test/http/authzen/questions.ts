import { expect } from 'chai';
import type { Answer, Ask } from '../../support/http.js';
import type { TableService, Client } from '../table/table-service.js';

/** The members of a question in short. */
export interface Asked {
  readonly agent?: string;
  readonly scope?: string;
  readonly resource?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** A body of an access evaluation; without other wishes one that the demo's agent is granted. */
export function question(asked: Asked = {}): Record<string, unknown> {
  const { agent = 'demo-agent', scope = 'read_invoices', resource = 'stripe', context } = asked;
  return {
    subject: { type: 'agent', id: agent },
    action: { name: scope },
    resource: { type: 'resource', id: resource },
    ...(context === undefined ? {} : { context }),
  };
}

/** Sends a question to one of the two endpoints. */
export function asker({ service }: TableService, basic: Client = service.resourceServer) {
  const send = (path: string, json: unknown, extra: Ask = {}): Promise<Answer> =>
    service.http.send('POST', path, { basic, json, ...extra });
  return {
    one: (json: unknown, extra?: Ask) => send('/access/v1/evaluation', json, extra),
    many: (json: unknown, extra?: Ask) => send('/access/v1/evaluations', json, extra),
  };
}

/** The decision of a 200. */
export function decisionOf(answer: Answer): boolean {
  expect(answer.status, answer.text).to.equal(200);
  expect(answer.headers['content-type']).to.equal('application/json');
  expect(answer.headers['cache-control']).to.equal('no-store');
  const { decision } = answer.json();
  expect(decision).to.be.a('boolean');
  return decision === true;
}

/** The decisions of a 200 to several questions. */
export function decisionsOf(answer: Answer): boolean[] {
  expect(answer.status, answer.text).to.equal(200);
  expect(Object.keys(answer.json())).to.deep.equal(['evaluations']);
  return itemsOf(answer).map(({ decision }) => decision);
}

export interface Item {
  readonly decision: boolean;
  readonly context: Readonly<Record<string, unknown>>;
}

export function itemsOf(answer: Answer): Item[] {
  return answer.json()['evaluations'] as Item[];
}

export function contextOf(answer: Answer): Readonly<Record<string, unknown>> {
  return answer.json()['context'] as Readonly<Record<string, unknown>>;
}

import type { AdminRole } from '../../src/domain/admin-role.js';
import { type Answer, type Ask, type Endpoints, HttpClient } from './http.js';

/** The limit of a JSON body, in bytes. */
export const MAX_JSON_BYTES = 65_536;

/** Returns a body of the maximum size with this content; spaces fill it up. */
export function filled(json: unknown): Ask {
  const text = JSON.stringify(json);
  return {
    body: text.padEnd(MAX_JSON_BYTES, ' '),
    headers: { 'content-type': 'application/json' },
  };
}

/** A client of the admin listener that has a role and sends JSON bodies of the maximum size. */
export class HeavyClient extends HttpClient {
  role: AdminRole = 'admin';
  /** Replaces `cased`, so that records of one round do not meet those of another. */
  name = 'cased';

  constructor(
    endpoints: Endpoints,
    private readonly tokens: Readonly<Record<AdminRole, string>>,
  ) {
    super(endpoints);
  }

  override admin(method: string, path: string, ask: Ask = {}): Promise<Answer> {
    const named = <T>(value: T): T =>
      value === undefined
        ? value
        : (JSON.parse(JSON.stringify(value).replaceAll('cased', this.name)) as T);
    const { json, ...rest } = ask;
    const body = json === undefined ? {} : filled(named(json));
    return super.admin(method, path.replaceAll('cased', this.name), {
      adminToken: this.tokens[this.role],
      ...rest,
      ...body,
      headers: { ...rest.headers, ...body.headers },
    });
  }
}

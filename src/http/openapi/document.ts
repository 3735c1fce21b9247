import type { ListenerName } from '../../domain/http-observation.js';
import type { JsonSchema, Route } from '../route.js';
import { operationOf } from './operation.js';
import { SHARED_SCHEMAS } from './errors.js';

/** A listener that serves its OpenAPI document. */
export type DocumentedListener = Exclude<ListenerName, 'probes'>;

export interface OpenApiInfo {
  readonly listener: DocumentedListener;
  readonly version: string;
}

const TITLES: Readonly<Record<DocumentedListener, string>> = {
  public: 'Countersign',
  admin: 'Countersign: admin API',
  sidecar: 'Countersign: sidecar',
};

const SECURITY_SCHEMES = {
  basic: {
    type: 'http',
    scheme: 'basic',
    description: 'client_secret_basic; client_secret_post and private_key_jwt are in the body.',
  },
  admin: { type: 'http', scheme: 'bearer', description: 'An admin token.' },
};

/** Generates the OpenAPI 3.1 document of a listener from its route table alone. */
export function openApiDocument(routes: readonly Route[], info: OpenApiInfo): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routes) {
    for (const [index, path] of route.paths.entries()) {
      const operations = (paths[path.replace('+}', '}')] ??= {});
      operations[route.method.toLowerCase()] = operationOf(route, path, index, info.listener);
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: TITLES[info.listener],
      version: info.version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: { schemas: SHARED_SCHEMAS, securitySchemes: SECURITY_SCHEMES },
  };
}

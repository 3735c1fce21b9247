import { adminRoute } from '../../../admin-route.js';
import { jsonAnswer, type Route } from '../../../route.js';
import { type AuthorDeps, buildSources, checkSources, testSources } from './handler.js';
import { BUILD_QUERY, BUILT, CHECK_REPORT, TEST_QUERY, TEST_REPORT } from './schema.js';

/** What an author does with sources before there is a bundle; nothing is kept. */
export function authorRoutes(deps: AuthorDeps): readonly Route[] {
  const common = { method: 'POST', bundle: true, errors: ['conflict', 'slow_down'] } as const;
  return [
    adminRoute('buildPolicy', {
      ...common,
      summary: 'Compile a tar.gz of Rego to a bundle.',
      path: '/admin/v1/policy/build',
      query: BUILD_QUERY,
      responses: { 200: jsonAnswer('What was built, and the bundle.', BUILT) },
      handler: buildSources(deps),
    }),
    adminRoute('testPolicy', {
      ...common,
      summary: 'Run the Rego tests of a tar.gz, and its cases in WASM.',
      path: '/admin/v1/policy/test',
      query: TEST_QUERY,
      responses: { 200: jsonAnswer('Every step and whether it passed.', TEST_REPORT) },
      handler: testSources(deps),
    }),
    adminRoute('checkPolicy', {
      ...common,
      summary: 'Read a tar.gz of Rego against what the service needs.',
      path: '/admin/v1/policy/check',
      responses: { 200: jsonAnswer('Every finding with file and line.', CHECK_REPORT) },
      handler: checkSources(deps),
    }),
  ];
}

import type { ConfiguredRegistry } from '../domain/records.js';

export const DEMO_AGENT_ID = 'demo-agent';
export const DEMO_RESOURCE_SERVER_ID = 'demo-api';

/** The demo registry of the local profile without a configured one; it can produce every answer. */
export const DEMO_REGISTRY: ConfiguredRegistry = {
  revision: 1,
  agents: [
    {
      id: DEMO_AGENT_ID,
      description: 'Asks for whatever it needs at the moment',
      owner: 'demo@example.com',
      roles: ['demo'],
      grants: [
        {
          resource: 'stripe',
          scopes: ['read_invoices', 'read_customers', 'create_refund'],
          max_ttl_seconds: 900,
        },
        { resource: 'customers-db', scopes: ['read:customers:*'] },
        { resource: 'research-api', scopes: ['search', 'fetch:*'] },
      ],
      // A person who tries request after request meets no limit.
      rate: {
        ...{ per_minute: 1200, burst: 600 },
        ...{ resource_per_minute: 1200, resource_burst: 600 },
      },
    },
  ],
  resources: [
    {
      id: 'stripe',
      description: 'Payments',
      audiences: ['https://api.stripe.demo'],
      max_ttl_seconds: 900,
      scopes: [
        { name: 'read_invoices', risk: 'low', description: 'Read invoices' },
        { name: 'read_customers', risk: 'medium', description: 'Read customers' },
        { name: 'create_refund', risk: 'high', description: 'Pay money back', review: true },
        { name: 'export_all', risk: 'critical', description: 'Export everything', honey: true },
      ],
    },
    {
      id: 'customers-db',
      description: 'Customer records',
      audiences: ['https://customers-db.demo'],
      scopes: [
        { name: 'read:customers:*', risk: 'medium', description: 'Read customer records' },
        { name: 'write:customers:*', risk: 'high', description: 'Change customer records' },
      ],
    },
    {
      id: 'research-api',
      description: 'Search and fetch public pages',
      audiences: ['https://research-api.demo'],
      scopes: [
        { name: 'search', risk: 'low', description: 'Search' },
        { name: 'fetch:*', risk: 'low', description: 'Fetch a page' },
      ],
    },
  ],
  resource_servers: [
    {
      id: DEMO_RESOURCE_SERVER_ID,
      description: 'Introspects for every demo resource',
      resources: ['stripe', 'customers-db', 'research-api'],
    },
  ],
};

/** Returns true for a registry with the demo's agent and resource server. */
export function hasDemo(registry: ConfiguredRegistry): boolean {
  return (
    registry.agents.some(({ id }) => id === DEMO_AGENT_ID) &&
    registry.resource_servers.some(({ id }) => id === DEMO_RESOURCE_SERVER_ID)
  );
}

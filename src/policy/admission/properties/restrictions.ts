import { never, picked, type Property } from './property.js';

export const delegationNeverWidens: Property = {
  name: 'delegation_never_widens',
  level: 'refuse',
  about: 'another agent in the delegation chain never grants more',
  show(input, pick, candidate) {
    const { chain } = input.delegation;
    const more = [...chain, picked(['planner', input.agent.id, 'x'], pick)];
    const longer = { ...input, delegation: { chain: more } };
    const shown = never(candidate, input, longer, 'with another agent in the chain, the policy');
    // A policy that denies every chain holds and counts as tested if it grants the request without one.
    return shown === 'skipped' && candidate.decide(input).scopes.length > 0 ? 'holds' : shown;
  },
};

export const fewerRolesAndGrantsNeverWiden: Property = {
  name: 'fewer_roles_and_grants_never_widen',
  level: 'refuse',
  about: 'removing a role or a grant adds no scope and no time',
  show(input, pick, candidate) {
    const { roles, grants } = input.agent;
    const fewer = [
      ...roles.map((role) => ({
        what: `without the role ${role}, the policy`,
        agent: { ...input.agent, roles: roles.filter((one) => one !== role) },
      })),
      ...grants.map((_, i) => ({
        what: `without grant ${String(i)}, the policy`,
        agent: { ...input.agent, grants: grants.filter((_, j) => j !== i) },
      })),
    ];
    if (fewer.length === 0) return 'skipped';
    const { what, agent } = picked(fewer, pick);
    const shown = never(candidate, input, { ...input, agent }, what);
    return shown === 'skipped' && candidate.decide(input).scopes.length > 0 ? 'holds' : shown;
  },
};

export const declaredGrantsNothing: Property = {
  name: 'declared_grants_nothing',
  level: 'warn',
  about: 'a declaration of the agent never grants more than its absence',
  show(input, _pick, candidate) {
    if (Object.keys(input.request.declared).length === 0) return 'skipped';
    // Where the resource requires a declaration, a declaration is meant to help.
    const { requires: _, ...resource } = input.resource;
    const said = { ...input, resource };
    const silent = { ...said, request: { ...input.request, declared: {} } };
    return never(candidate, silent, said, 'with declared members, the policy');
  },
};

export const fewerScopesNeverWiden: Property = {
  name: 'fewer_scopes_never_widen',
  level: 'warn',
  about: 'a request for fewer scopes grants no scope that a request for more did not',
  show(input, pick, candidate) {
    const { scopes } = input.request;
    if (scopes.length < 2) return 'skipped';
    const left = scopes.filter((_, i) => i !== pick % scopes.length);
    const fewer = { ...input, request: { ...input.request, scopes: left } };
    const [given, then] = [candidate.decide(input), candidate.decide(fewer)];
    if (then.scopes.length === 0) return 'skipped';
    const more = then.scopes.filter((scope) => !given.scopes.includes(scope));
    return more.length === 0
      ? 'holds'
      : { violated: `without ${picked(scopes, pick)}, the policy adds ${more.join(' ')}` };
  },
};

import { added, type Property } from './property.js';

export const alwaysDecides: Property = {
  name: 'always_decides',
  level: 'refuse',
  about: 'a valid input gets a valid decision without a fault',
  show(input, _pick, candidate) {
    const { problem } = candidate.decide(input);
    return problem === undefined ? 'holds' : { violated: problem };
  },
};

export const scopesWithinRequest: Property = {
  name: 'scopes_within_request',
  level: 'refuse',
  about: 'only requested scopes are granted',
  show(input, _pick, candidate) {
    const { scopes } = candidate.decide(input);
    if (scopes.length === 0) return 'skipped';
    const more = added(input.request.scopes, scopes);
    return more.length === 0 ? 'holds' : { violated: `grants ${more.join(' ')}, not requested` };
  },
};

export const ttlWithinCaps: Property = {
  name: 'ttl_within_caps',
  level: 'refuse',
  about: 'the lifetime exceeds neither the requested one nor the cap of the resource',
  show(input, _pick, candidate) {
    const { scopes, ttlSeconds } = candidate.decide(input);
    const { request, resource } = input;
    if (scopes.length === 0) return 'skipped';
    const cap = Math.min(request.ttl_seconds, resource.max_ttl_seconds ?? Infinity);
    return ttlSeconds <= cap
      ? 'holds'
      : { violated: `grants ${String(ttlSeconds)} s, and the cap is ${String(cap)} s` };
  },
};

import { usage } from './failure.js';

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Parses the value of an option, `15m` (ago), an RFC 3339 time, or epoch milliseconds, to milliseconds since the Unix
 * epoch. Throws a usage error that names the option.
 */
export function parseMoment(option: string, text: string, nowMs: number): number {
  const ago = /^([0-9]{1,6})([smhd])$/.exec(text);
  if (ago !== null) return nowMs - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0);
  if (/^[0-9]{12,14}$/.test(text)) return Number(text);
  const parsed = /^[0-9]{4}-[0-9]{2}-[0-9]{2}/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(parsed))
    throw usage(`${option} ${text}: write 15m, 2h, 3d or a time such as 2030-01-31T12:00:00Z`);
  return parsed;
}

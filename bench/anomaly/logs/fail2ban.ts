import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { download } from './download.js';
import { logOf, type LabelledLog, type LogEvent } from './log.js';

/** Debian's package holds the logs fail2ban tests its filters with. */
const PACKAGE = {
  url: 'http://deb.debian.org/debian/pool/main/f/fail2ban/fail2ban_1.0.2-2_all.deb',
  sha256: '9717b7aeef7b00f0df4c76045cd6dab2755cbe9fc99dbfe3cd114126880ec7f7',
  file: 'fail2ban_1.0.2-2_all.deb',
};
const LOGS = 'usr/lib/python3/dist-packages/fail2ban/tests/files/logs';
const LABEL = /^#\s*failJSON:\s*(\{.*\})\s*$/;
/** What a service says when it refuses, in its own words: not taken from the label. */
const DENIED = /fail|denied|deny|invalid|reject|refus|illegal|not allowed|unauthori[sz]ed|error/i;

/** Reads the logs out of the package. Needs dpkg-deb. */
export async function readFail2ban(): Promise<LabelledLog> {
  const path = await download(PACKAGE);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-fail2ban-'));
  try {
    execFileSync('dpkg-deb', ['-x', path, folder]);
    const logs = join(folder, LOGS);
    const events = readdirSync(logs, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .flatMap(({ name }) => eventsOf(name, readFileSync(join(logs, name), 'latin1')));
    return logOf(events);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each label tells of the line after it: the time, the host, and whether fail2ban should count it. */
export function eventsOf(service: string, text: string): LogEvent[] {
  const lines = text.split('\n');
  let atMs = NaN;
  return lines.flatMap((line, at) => {
    const label = LABEL.exec(line)?.[1];
    const said = lines[at + 1];
    if (label === undefined || said === undefined) return [];
    const { time, match, host } = parsed(label);
    // The other labels have no host: it is the line's first address, or unknown.
    const client = host ?? /\d+\.\d+\.\d+\.\d+/.exec(said)?.[0] ?? 'unknown';
    // Most lines that are no failure have no time: they follow the one before.
    if (time !== undefined) atMs = Date.parse(`${time}Z`);
    if (Number.isNaN(atMs)) return [];
    return [
      {
        ...{ agent: `${service} ${client}`, atMs, client, resource: service },
        scope: said.replace(/[^A-Za-z ]/g, '').slice(-40),
        denied: DENIED.test(said),
        malicious: match,
        type: match ? service : '',
      },
    ];
  });
}

function parsed(label: string): { time?: string; match: boolean; host?: string } {
  try {
    return JSON.parse(label) as { time?: string; match: boolean; host?: string };
  } catch {
    return { match: false };
  }
}

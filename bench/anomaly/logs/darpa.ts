import { openSync, readSync, closeSync, fstatSync } from 'node:fs';
import { createInflateRaw } from 'node:zlib';
import { download } from './download.js';
import { logOf, type LabelledLog, type LogEvent } from './log.js';

/** DARPA's intrusion detection evaluation of 1998, as the authors of MIDAS keep it: one connection a line. */
const ARCHIVE = {
  url: 'https://raw.githubusercontent.com/Stream-AD/MIDAS/cf6ee6762fb00a6e12cb9e91eeef326155aa215d/data/DARPA/darpa_original.zip',
  sha256: '1137f89e3f20ae9cccf2ba8cd1e0d8790e4accaaaae17c5cdf101a89937cf47f',
  file: 'darpa_original.zip',
};
/** The first lines, 1 to 18 June 1998: all 4.5 million take more than the rest of the benchmark. */
const LINES = 700_000;
const LOCAL_HEADER = { bytes: 30, nameLength: 26, extraLength: 28 };

/** Reads connections: an agent is where one comes from, a resource where it goes to. Nothing says what was denied. */
export async function readDarpa(): Promise<LabelledLog> {
  const lines = await firstLines(await download(ARCHIVE), LINES);
  return logOf(lines.map(connectionOf));
}

/** `source,destination,MM/DD/YYYY-HH:MM,attack`, with `-` for no attack. */
export function connectionOf(line: string): LogEvent {
  const [agent = '', resource = '', time = '', attack = '-'] = line.split(',');
  const [month, day, year, hour, minute] = time.split(/[/:-]/).map(Number);
  return {
    ...{ agent, resource, scope: 'connect', client: agent, denied: false },
    atMs: Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute),
    malicious: attack !== '-',
    type: attack === '-' ? '' : attack,
  };
}

/** The first lines of the only file of a zip archive. */
async function firstLines(path: string, count: number): Promise<string[]> {
  const archive = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(fstatSync(archive).size);
    readSync(archive, bytes);
    const { bytes: header, nameLength, extraLength } = LOCAL_HEADER;
    const start = header + bytes.readUInt16LE(nameLength) + bytes.readUInt16LE(extraLength);
    const inflate = createInflateRaw();
    inflate.end(bytes.subarray(start));
    const lines: string[] = [];
    let rest = '';
    for await (const chunk of inflate) {
      const parts = (rest + (chunk as Buffer).toString('latin1')).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) lines.push(part.trim());
      if (lines.length >= count) break;
    }
    return lines.slice(0, count);
  } finally {
    closeSync(archive);
  }
}

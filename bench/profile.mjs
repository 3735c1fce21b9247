// CPU profiles of the service under each load, without its start.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startService } from './contenders/countersign.mjs';
import { drive, writeLoad } from './load/drive.mjs';
import { driving } from './measure.mjs';
import { cutProfile, profileTable } from './profile-table.mjs';

const ROWS = 25;
/** For the compiler: the first seconds are not what a service does all day. */
const WARM_UP_SECONDS = 3;

/** Profiles `introspect` and `issue`; resolves to the top of each table and where the files are. */
export async function profileService(bench, loads) {
  const folder = resolve(bench.options.cpuProf);
  mkdirSync(folder, { recursive: true });
  const profiles = {};
  for (const [name, workload] of [
    ['introspect', 'introspect_hot'],
    ['issue', 'issue_form'],
  ]) {
    bench.say(`profiling ${name}`);
    const file = join(folder, `${name}.cpuprofile`);
    await record(bench, file, loads[workload]);
    profiles[name] = { file, top: profileTable(file, ROWS) };
  }
  return profiles;
}

async function record(bench, file, spec) {
  const scratch = `${file}.d`;
  mkdirSync(scratch, { recursive: true });
  const service = await startService(bench, {
    name: 'profiled',
    dataDir: join(bench.folder, 'data'),
    prefix: 'cs',
    nodeArgs: ['--cpu-prof', '--cpu-prof-interval', '200', '--cpu-prof-dir', scratch],
  });
  const load = writeLoad(join(bench.folder, 'profile.tsv'), { ...spec, url: service.url });
  await drive(load, { ...driving(bench.options), seconds: WARM_UP_SECONDS });
  const from = nowMicros();
  await drive(load, { ...driving(bench.options), seconds: Math.max(5, bench.options.duration) });
  const to = nowMicros();
  await service.stop();
  const [made] = readdirSync(scratch).filter((name) => name.endsWith('.cpuprofile'));
  const profile = JSON.parse(readFileSync(join(scratch, made), 'utf8'));
  writeFileSync(file, JSON.stringify(cutProfile(profile, from, to)));
  rmSync(scratch, { recursive: true });
}

// The clock of the profiles.
const nowMicros = () => Number(process.hrtime.bigint() / 1000n);

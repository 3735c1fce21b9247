/**
 * The stages of a Dockerfile that keeps to FROM, ENV, WORKDIR, COPY, RUN, USER, HEALTHCHECK, ENTRYPOINT, CMD,
 * EXPOSE and VOLUME: [{alias, steps: [{name, rest}]}], comments dropped and continued lines joined.
 */
export function parseDockerfile(text) {
  const stages = [];
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n');
  for (const line of lines.filter((one) => one.trim() !== '')) {
    const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`not an instruction: ${line}`);
    if (name === 'FROM') stages.push({ alias: /\sAS\s+(\S+)$/i.exec(rest)?.[1], steps: [] });
    else stages.at(-1)?.steps.push({ name, rest });
  }
  return stages;
}

/** {from, sources, target} of a COPY. */
export function parseCopy(rest) {
  const words = rest.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  return { from, sources: paths.slice(0, -1), target: paths.at(-1) };
}

import { buildPolicy, type BuildOptions } from '../../policy/author/build.js';
import type { Signing } from '../../policy/author/sign.js';
import { buildSummary } from '../../policy/author/summary.js';
import { replaceFolder, writeArchive } from '../../policy/author/write.js';
import { show } from '../answer.js';
import type { Cli, CommonOptions } from '../define.js';
import { usage } from '../failure.js';
import { printFields } from '../output.js';
import { endWithChildren, localToolchain, pathFrom, readPolicy, withSources } from './author.js';
import { DEFAULT_FOLDER, DEFAULT_OUTPUT } from './default-paths.js';

interface Options extends CommonOptions {
  readonly output?: string;
  readonly outFolder?: string;
  readonly cases?: string;
  readonly with?: readonly string[];
  readonly sequence?: number;
  readonly revision?: string;
  readonly signingKey?: string;
  readonly signingAlg: Signing['algorithm'];
  readonly signingKeyId?: string;
  readonly scope?: string;
}

/** Runs `countersign policy build`: compiles Rego to a bundle on this machine. */
export async function build(cli: Cli, folder = DEFAULT_FOLDER, options: Options): Promise<void> {
  const { terminal } = cli;
  const how = buildOptions(cli, options);
  endWithChildren(cli);
  const toolchain = await localToolchain(cli);
  terminal.err(`compiling ${folder} with opa ${toolchain.opa.version} …\n`);
  await withSources(async () => {
    const sources = await readPolicy(terminal, folder, options);
    const built = await buildPolicy(sources, toolchain, how);
    const written = await write(cli, options, built);
    const summary = { ...buildSummary(built), written };
    show(cli, options, summary, (shown) => {
      printFields(shown, [
        ...(['revision', 'digest', 'sequence', 'opa_version'] as const).map(
          (member) => [member, String(summary[member])] as const,
        ),
        ['entrypoints', summary.entrypoints.join(' ')],
        ['files', String(summary.files.length)],
        ['size', `${String(summary.size_bytes)} bytes`],
        ['written', written.join(' ')],
      ]);
    });
  });
}

async function write(
  { terminal }: Cli,
  { output, outFolder }: Options,
  built: Awaited<ReturnType<typeof buildPolicy>>,
): Promise<string[]> {
  const file = output ?? (outFolder === undefined ? DEFAULT_OUTPUT : undefined);
  if (outFolder !== undefined) await replaceFolder(pathFrom(terminal, outFolder), built.files);
  if (file !== undefined) await writeArchive(pathFrom(terminal, file), built.archive);
  return [file, outFolder].filter((path) => path !== undefined);
}

function buildOptions({ terminal }: Cli, options: Options): BuildOptions {
  const { sequence: number, revision: name, signingKey, signingKeyId: keyId, scope } = options;
  if (signingKey === undefined && (keyId !== undefined || scope !== undefined)) {
    throw usage('--signing-key-id and --scope need --signing-key');
  }
  return {
    ...(number === undefined ? {} : { sequence: number }),
    ...(name === undefined ? {} : { revision: name }),
    ...(signingKey === undefined
      ? {}
      : {
          signing: {
            algorithm: options.signingAlg,
            keyFile: pathFrom(terminal, signingKey),
            ...(keyId === undefined ? {} : { keyId }),
            ...(scope === undefined ? {} : { scope }),
          },
        }),
  };
}

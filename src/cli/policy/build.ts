import { type Command, InvalidArgumentError, Option } from 'commander';
import { buildPolicy, type BuildOptions } from '../../policy/author/build.js';
import { SIGNING_ALGORITHMS, type Signing } from '../../policy/author/sign.js';
import { buildSummary } from '../../policy/author/summary.js';
import { replaceFolder, writeArchive } from '../../policy/author/write.js';
import { collect, define, show, type Cli, type CommonOptions } from '../define.js';
import { usage } from '../failure.js';
import { printFields } from '../output.js';
import { textOf } from '../values.js';
import { DEFAULT_FOLDER, localToolchain, pathFrom, readPolicy, withSources } from './author.js';

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

const DEFAULT_OUTPUT = 'bundle.tar.gz';

/** `countersign policy build`: Rego to a bundle, on this machine. */
export function buildCommand(policy: Command, cli: Cli): void {
  define(policy, 'build [folder]', 'compile a folder of Rego to a bundle')
    .option('-o, --output <file>', `the tar.gz (default: ${DEFAULT_OUTPUT})`)
    .option('--out-folder <folder>', 'write it unpacked, in place of the bundle that is there')
    .option('--cases <folder>', 'its test cases (default: <folder>/cases)')
    .option('--with <folder>', 'add the Rego of this folder; may be given again', collect)
    .option('--sequence <n>', 'release number; freshness is judged by it', sequence)
    .option('--revision <text>', 'name of this content (default: a hash over it)', revision)
    .option('--signing-key <file>', 'sign with this private key (PEM)')
    .addOption(
      new Option('--signing-alg <alg>', 'algorithm of the key')
        .choices(SIGNING_ALGORITHMS)
        .default('ES256'),
    )
    .option('--signing-key-id <id>', 'name the verifier knows the key by')
    .option('--scope <scope>', 'scope of the signature')
    .action((folder: string | undefined, options: Options) => build(cli, folder, options));
}

async function build(cli: Cli, folder = DEFAULT_FOLDER, options: Options): Promise<void> {
  const { terminal } = cli;
  const how = buildOptions(cli, options);
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
          (member) => [member, textOf(summary, member)] as const,
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

function sequence(text: string): number {
  const number = Number(text);
  if (/^[0-9]{1,16}$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError('must be a whole number, 0 or more.');
}

function revision(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._:+/=-]{0,127}$/.test(text)) return text;
  throw new InvalidArgumentError('must be 1 to 128 of A-Z a-z 0-9 . _ : + / = -');
}

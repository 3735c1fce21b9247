export interface ComposeService {
  readonly volumes: readonly string[];
  readonly command: readonly string[];
  readonly env_file: string | readonly string[];
}

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
}

export declare function readCompose(): Compose;

export declare function withHostPaths(
  service: ComposeService,
  folder: string,
  text: string,
): string;

export declare function redisCommands(
  compose: Compose,
  folder: string,
  port: number,
): { readonly start: string; readonly health: string };

export declare function serviceConfiguration(
  compose: Compose,
  folder: string,
  port: number,
): string;

export declare function environmentOf(
  service: ComposeService,
  folder: string,
): Readonly<Record<string, string>>;

export declare function readEnvFile(path: string): Readonly<Record<string, string>>;

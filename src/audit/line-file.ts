import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';

/** Error: the file may have lost lines that were written to it. The refused write counts as not written. */
export class LinesMissing extends Error {
  override readonly name = 'LinesMissing';
  constructor(
    path: string,
    /** Number of lines before the refused write. */
    readonly lines: number,
  ) {
    super(`${path} was truncated or removed: its last ${String(lines)} lines are written again`);
  }
}

/**
 * Lines as old as this, in milliseconds, are repeated after a truncation or removal.
 * `copytruncate` of logrotate loses the lines between the end of its copy, which it syncs, and the truncation.
 */
const REPEATED_MS = 10_000;

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
const NEWLINE = 0x0a;
const CHUNK_BYTES = 65_536;

/** A file of lines (mode 0600, fsynced for each batch) that follows its rotation. Calls must not overlap. */
export class LineFile {
  readonly #path: string;
  readonly #repeatedMs: number;
  #file: FileHandle | undefined;
  #reopen = false;
  /** Size of the file after the last write. */
  #end = 0;
  /** The writes of the last `repeatedMs`, in the time of the file system. */
  #recent: { readonly atMs: number; readonly lines: number }[] = [];

  constructor(path: string, repeatedMs = REPEATED_MS) {
    this.#path = path;
    this.#repeatedMs = repeatedMs;
  }

  /** Makes the next call of `follow` or `append` open the path again. */
  reopenSoon(): void {
    this.#reopen = true;
  }

  /** Opens the path again when it was rotated. Throws LinesMissing after a truncation or removal. */
  async follow(): Promise<void> {
    if (this.#file === undefined) return;
    await this.#requireKept(this.#file, this.#end);
    if (!this.#reopen && (await this.#leadsTo(this.#file))) return;
    await this.close();
    this.#recent = [];
    await this.#opened();
  }

  /** Resolves when the lines are durable. Throws LinesMissing, and the error of the file system. */
  async append(lines: readonly string[]): Promise<void> {
    const text = lines.map((line) => `${line}\n`).join('');
    await this.follow();
    const file = await this.#opened();
    await file.appendFile(text);
    await file.datasync();
    const { mtimeMs: atMs, size } = await this.#requireKept(
      file,
      this.#end + Buffer.byteLength(text),
    );
    this.#end = size;
    this.#recent = this.#recent.filter((write) => write.atMs >= atMs - this.#repeatedMs);
    this.#recent.push({ atMs, lines: lines.length });
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #opened(): Promise<FileHandle> {
    if (this.#file !== undefined) return this.#file;
    const file = await openFile(this.#path);
    try {
      if (!(await file.stat()).isFile()) throw new Error(`${this.#path} is not a regular file`);
      await file.chmod(0o600);
      await cutTornLine(file);
      this.#end = (await file.stat()).size;
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#reopen = false;
    this.#file = file;
    return file;
  }

  /** Returns the state of a file with at least `end` bytes and a name; throws LinesMissing for any other. */
  async #requireKept(file: FileHandle, end: number): Promise<Stats> {
    const found = await file.stat();
    if (found.nlink > 0 && found.size >= end) return found;
    const since = found.ctimeMs - this.#repeatedMs;
    const writes = this.#recent.filter(({ atMs }) => atMs >= since);
    this.#recent = [];
    await this.close();
    throw new LinesMissing(
      this.#path,
      writes.reduce((sum, { lines }) => sum + lines, 0),
    );
  }

  async #leadsTo(file: FileHandle): Promise<boolean> {
    const ours = await file.stat({ bigint: true });
    const found = await lstat(this.#path, { bigint: true }).catch(() => undefined);
    return found?.dev === ours.dev && found.ino === ours.ino;
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ELOOP')) throw error;
    throw new Error(`${path} is a symbolic link: name the file itself`, { cause: error });
  }
}

/** Removes a last line torn by a crash; its event is written again. */
async function cutTornLine(file: FileHandle): Promise<void> {
  let end = (await file.stat()).size;
  const buffer = Buffer.alloc(CHUNK_BYTES);
  while (end > 0) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { bytesRead } = await file.read(buffer, 0, end - start, start);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (newline >= 0) {
      await file.truncate(start + newline + 1);
      return;
    }
    end = start;
  }
  await file.truncate(0);
}

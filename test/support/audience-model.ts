type File = readonly (readonly [string, readonly string[]])[];

interface ModelToken {
  readonly resource: string;
  readonly aud: string;
  alive: boolean;
}

interface ModelResource {
  audiences: readonly string[];
  deleted: boolean;
  /** The entry of the file that was applied last. */
  applied: string;
}

/**
 * What the registry, revocations and introspection promise, in memory, in the fewest words: a token dies when its
 * resource is deleted or revoked, or loses the audience. `sameAs` is whether two audiences are equal.
 */
export class AudienceModel {
  readonly #resources = new Map<string, ModelResource>();
  readonly #tokens = new Map<string, ModelToken>();
  /** Every id that ever had an audience; a run is shorter than any token's life. */
  readonly #history: [id: string, uri: string][] = [];
  #file = '';

  constructor(private readonly sameAs: (one: string, other: string) => boolean) {}

  put(id: string, audiences: readonly string[], applied?: string): 'done' | 'conflict' {
    const isTwice = audiences.some((uri, i) =>
      audiences.slice(0, i).some((other) => this.sameAs(uri, other)),
    );
    const isTaken = audiences.some((uri) => ![undefined, id].includes(this.#holder(uri)));
    if (isTwice || isTaken) return 'conflict';
    const before = this.#resources.get(id);
    for (const token of this.#tokens.values()) {
      const keeps = audiences.some((uri) => this.sameAs(uri, token.aud));
      if (token.resource === id && !keeps) token.alive = false;
    }
    const last = applied ?? before?.applied ?? '';
    this.#resources.set(id, { audiences, deleted: false, applied: last });
    for (const uri of audiences) this.#history.push([id, uri]);
    return 'done';
  }

  remove(id: string): 'done' | 'not_found' {
    const resource = this.#living(id);
    if (resource === undefined) return 'not_found';
    resource.deleted = true;
    this.#kill([id]);
    return 'done';
  }

  apply(revision: number, file: File): 'done' | 'conflict' {
    const text = JSON.stringify([revision, file]);
    if (text === this.#file) return 'done';
    for (const [id, audiences] of file) {
      const before = this.#resources.get(id);
      const entry = JSON.stringify(audiences);
      if (before?.deleted === true || before?.applied === entry) continue;
      if (this.put(id, audiences, entry) === 'conflict') return 'conflict';
    }
    this.#file = text;
    return 'done';
  }

  revoke(value: string): 'done' | 'not_found' {
    const had = this.#history.flatMap(([id, uri]) => (this.sameAs(uri, value) ? [id] : []));
    const ids = this.#resources.has(value) ? [value] : had;
    this.#kill(ids);
    return ids.length === 0 ? 'not_found' : 'done';
  }

  /** The `aud` of a token for what is named so. */
  audOf(name: string): string | undefined {
    const id = this.#living(name) === undefined ? this.#holder(name) : name;
    return id === undefined ? undefined : this.#living(id)?.audiences[0];
  }

  issued(token: string, name: string): void {
    const id = this.#living(name) === undefined ? this.#holder(name) : name;
    this.#tokens.set(token, { resource: id ?? '', aud: this.audOf(name) ?? '', alive: true });
  }

  isActive(token: string, holds: readonly string[]): boolean {
    const { resource = '', alive = false } = this.#tokens.get(token) ?? {};
    return alive && holds.includes(resource);
  }

  tokens(): readonly string[] {
    return [...this.#tokens.keys()];
  }

  #living(id: string): ModelResource | undefined {
    const resource = this.#resources.get(id);
    return resource?.deleted === true ? undefined : resource;
  }

  #holder(uri: string): string | undefined {
    return [...this.#resources.keys()].find((id) =>
      this.#living(id)?.audiences.some((audience) => this.sameAs(audience, uri)),
    );
  }

  #kill(ids: readonly string[]): void {
    for (const token of this.#tokens.values()) {
      if (ids.includes(token.resource)) token.alive = false;
    }
  }
}

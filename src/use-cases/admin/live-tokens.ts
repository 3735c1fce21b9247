import { newId } from '../../domain/ids.js';
import type { LiveTokens, TokenOption } from '../operations.js';
import type { Edit } from './agent-change.js';

/** A change that ends what an agent's live tokens rest on, and what happens to them. */
export interface EndingEdit {
  readonly edit: Edit;
  readonly liveTokens: LiveTokens;
}

/** Adds to an edit that its tokens are revoked atomically with it, unless the caller keeps them. */
export function withLiveTokens(edit: Edit, { keepTokens = false }: TokenOption): EndingEdit {
  const liveTokens = keepTokens ? 'kept' : 'cut';
  const detail = { ...edit.detail, live_tokens: liveTokens };
  const options = keepTokens ? edit.options : { ...edit.options, cutUnder: newId('rev') };
  return {
    edit: { ...edit, detail, ...(options === undefined ? {} : { options }) },
    liveTokens,
  };
}

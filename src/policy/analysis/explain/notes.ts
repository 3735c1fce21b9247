import { parse } from '../../../schema/yaml.js';
import type { RuleNote } from '../../../domain/policy-analysis.js';

const MAX_TEXT_CHARS = 1000;

/** Returns the METADATA (OPA annotations) of each rule, by `custom.id`. Skips a block that is not YAML. */
export function ruleNotes(sources: ReadonlyMap<string, string>): ReadonlyMap<string, RuleNote> {
  const notes = new Map<string, RuleNote>();
  for (const [path, text] of sources) {
    for (const { line, yaml } of blocks(text)) {
      const note = noteOf(yaml, `${path}:${String(line)}`);
      if (note !== undefined && !notes.has(note.rule)) notes.set(note.rule, note);
    }
  }
  return notes;
}

function blocks(text: string): { readonly line: number; readonly yaml: string }[] {
  const lines = text.split('\n');
  const found: { line: number; yaml: string }[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (!/^# METADATA\s*$/.test(lines[i] ?? '')) continue;
    const from = i + 1;
    while (lines[i + 1]?.startsWith('#') === true) i += 1;
    const yaml = lines.slice(from, i + 1).map((line) => line.replace(/^# ?/, ''));
    found.push({ line: from, yaml: yaml.join('\n') });
  }
  return found;
}

function noteOf(yaml: string, location: string): RuleNote | undefined {
  let block: unknown;
  try {
    block = parse(yaml, { maxAliasCount: 0 });
  } catch {
    return undefined;
  }
  const { title, description, custom } = membersOf(block);
  const rule = membersOf(custom)['id'];
  if (typeof rule !== 'string') return undefined;
  return {
    rule,
    ...(typeof title === 'string' ? { title: title.slice(0, MAX_TEXT_CHARS) } : {}),
    ...(typeof description === 'string'
      ? { description: description.trim().slice(0, MAX_TEXT_CHARS) }
      : {}),
    location,
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

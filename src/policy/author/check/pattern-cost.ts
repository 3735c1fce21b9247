/** Estimated cost of compiling a regular expression. */
export interface PatternCost {
  /** Approximate number of automaton states. */
  readonly states: number;
  /** True for an unbounded repetition inside another one. */
  readonly nested: boolean;
}

interface Part {
  readonly states: number;
  /** True when it holds an unbounded repetition. */
  readonly endless: boolean;
  readonly nested: boolean;
}

/** A class of Unicode letters is several hundred ranges of UTF-8 bytes. */
const UNICODE_CLASS = 200;
const WIDE_CLASS = 10;
/** Maximum length of a pattern that is parsed, in characters: a longer one could nest too deeply. */
const MAX_READ_CHARS = 2000;

/** Estimates the cost of a pattern in RE2 syntax, where counted repetitions are expanded. */
export function patternCost(pattern: string): PatternCost {
  if (pattern.length > MAX_READ_CHARS) return { states: pattern.length, nested: false };
  const { states, nested } = new Reader(pattern).alternatives();
  return { states, nested };
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  alternatives(): Part {
    let sum: Part = { states: 0, endless: false, nested: false };
    while (this.at < this.text.length && this.text[this.at] !== ')') {
      if (this.text[this.at] === '|') this.at += 1;
      else sum = joined(sum, this.repeated());
    }
    return sum;
  }

  private repeated(): Part {
    let part = this.atom();
    for (;;) {
      const rest = this.text.slice(this.at);
      const counted = /^\{(\d+)(,(\d*))?\}\??/.exec(rest);
      const starred = /^[*+?]\??/.exec(rest);
      if (counted !== null) {
        this.at += counted[0].length;
        const least = Number(counted[1]);
        const most =
          counted[2] === undefined ? least : Number(counted[3] === '' ? least + 1 : counted[3]);
        const endless = counted[2] === ',';
        part = {
          ...part,
          states: part.states * Math.max(1, most),
          endless: part.endless || endless,
        };
      } else if (starred !== null) {
        this.at += starred[0].length;
        const endless = !rest.startsWith('?');
        part = {
          states: part.states + 1,
          endless: part.endless || endless,
          nested: part.nested || (endless && part.endless),
        };
      } else return part;
    }
  }

  private atom(): Part {
    const one = (states: number): Part => ({ states, endless: false, nested: false });
    const rest = this.text.slice(this.at);
    if (rest.startsWith('(')) {
      this.at += /^\((\?(P?<[^>]*>|[a-zA-Z-]*:?))?/.exec(rest)?.[0].length ?? 1;
      const inside = this.alternatives();
      this.at += 1;
      return inside;
    }
    const list = /^\[\^?\]?(\[:\^?\w+:\]|\\.|[^\]\\])*\]/su.exec(rest)?.[0];
    if (list !== undefined) {
      this.at += list.length;
      return one(
        /\\[pP]|[^\0-\x7f]/u.test(list) ? UNICODE_CLASS : list.startsWith('[^') ? WIDE_CLASS : 1,
      );
    }
    const escaped = /^\\([pP](\{[^}]*\}|.)|x\{[^}]*\}|x..|.)/su.exec(rest)?.[0];
    if (escaped !== undefined) {
      this.at += escaped.length;
      return one(
        /^\\[pP]/.test(escaped) ? UNICODE_CLASS : /^\\[DSW]/.test(escaped) ? WIDE_CLASS : 1,
      );
    }
    this.at += 1;
    return one(rest.startsWith('.') ? WIDE_CLASS : 1);
  }
}

function joined(left: Part, right: Part): Part {
  return {
    states: left.states + right.states,
    endless: left.endless || right.endless,
    nested: left.nested || right.nested,
  };
}

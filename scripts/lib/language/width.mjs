const WIDTH = 120;

/** A line that is one link, with its list mark and an end of sentence: it cannot be wrapped. */
const ONE_LINK =
  /^\s*(?:[-*]\s+|\d+\.\s+)?(?:!?\[[^\]]*\]\([^)]*\)|<?https?:\S+>?|\[[^\]]*\]:\s\S+)[.,;]?$/;

/** The numbers of the Markdown lines over 120 columns, without fenced code and lines that are one link. */
export function wideLines(text) {
  let fence;
  return text.split('\n').flatMap((line, index) => {
    const mark = /^ {0,12}(`{3,}|~{3,})/.exec(line)?.[1];
    const inside = fence !== undefined;
    if (fence === undefined) fence = mark;
    else if (mark !== undefined && mark.startsWith(fence)) fence = undefined;
    const wide = !inside && mark === undefined && [...line].length > WIDTH && !ONE_LINK.test(line);
    return wide ? [index + 1] : [];
  });
}

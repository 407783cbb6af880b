/** Size of all text in charts, px. */
export const TEXT_SIZE = 12;

/**
 * About how wide a text becomes, px. The browser's font is not known here, so it is counted with the widths of a wide one
 * (DejaVu Sans): labels that fit by this fit in any usual font.
 */
export function textWidth(text: string, size: number = TEXT_SIZE): number {
  let em = 0;
  for (const character of text) em += widthOf(character);
  return em * size;
}

/** The text, or as much of its beginning as fits with an ellipsis; '' when not even three characters do. */
export function fitted(text: string, width: number, size: number = TEXT_SIZE): string {
  if (textWidth(text, size) <= width) return text;
  let room = width - textWidth('…', size);
  let kept = '';
  let characters = 0;
  for (const character of text) {
    room -= widthOf(character) * size;
    if (room < 0) break;
    kept += character;
    characters += 1;
  }
  return characters < 3 ? '' : `${kept.trimEnd()}…`;
}

function widthOf(character: string): number {
  if (NARROW.test(character)) return 0.37;
  if (WIDE.test(character)) return 0.98;
  if (/[A-Z<>=+~×_]/.test(character)) return 0.74;
  return character > '\u2e7f' ? 1.05 : 0.635;
}

const NARROW = /[iIljtfr.,:;!|'()[\]/\\ \u00a0-]/;
const WIDE = /[mwMW@%…—]/;

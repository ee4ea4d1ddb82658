// A receipt code is drawn on the phone, so that a respondent can have it without network.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BYTES = 16;

/** 128 random bits as 26 letters and digits in groups of five, as the node draws them (RFC 4648, base 32). */
export function newCode(bytes = crypto.getRandomValues(new Uint8Array(BYTES))) {
  let [rest, held, text] = [0, 0, ""];
  for (const byte of bytes) {
    rest = (rest << 8) | byte;
    held += 8;
    while (held >= 5) {
      held -= 5;
      text += LETTERS[(rest >> held) & 31];
      rest &= (1 << held) - 1;
    }
  }
  if (held) text += LETTERS[(rest << (5 - held)) & 31];
  return text.match(/.{1,5}/g).join("-");
}

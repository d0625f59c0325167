const BOM = { utf8: [0xef, 0xbb, 0xbf], 'utf-16le': [0xff, 0xfe], 'utf-16be': [0xfe, 0xff] } as const;

/**
 * A JSON body as UTF-8 without byte order mark. JSON begins with an ASCII character, so its first two bytes tell UTF-16
 * apart, whatever the header says: as Confluent's registry does it. What is neither is returned as it is.
 */
export function utf8Of(body: Buffer): Buffer {
  const starts = (mark: readonly number[]) => mark.every((byte, at) => body[at] === byte);
  if (starts(BOM.utf8)) return body.subarray(BOM.utf8.length);
  const isLittle = starts(BOM['utf-16le']) || (body.length > 1 && body[0] !== 0 && body[1] === 0);
  const isBig = starts(BOM['utf-16be']) || (body.length > 1 && body[0] === 0 && body[1] !== 0);
  if (!isLittle && !isBig) return body;
  try {
    const decoder = new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be', { fatal: true });
    return Buffer.from(decoder.decode(body));
  } catch {
    return body;
  }
}

/** Whether a text that JSON.parse has accepted names a member twice within one object. */
export function hasDuplicateMember(json: string): boolean {
  const open: (Set<string> | null)[] = [];
  let nameExpected = false;
  for (let at = 0; at < json.length; at++) {
    const char = json[at];
    if (char === '{') {
      open.push(new Set());
      nameExpected = true;
    } else if (char === '[') {
      open.push(null);
      nameExpected = false;
    } else if (char === '}' || char === ']') {
      open.pop();
      nameExpected = false;
    } else if (char === ',') {
      nameExpected = open.at(-1) !== null;
    } else if (char === '"') {
      const end = endOfString(json, at);
      if (nameExpected) {
        const names = open.at(-1);
        const name = JSON.parse(json.slice(at, end + 1)) as string;
        if (names?.has(name)) return true;
        names?.add(name);
        nameExpected = false;
      }
      at = end;
    }
  }
  return false;
}

function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}

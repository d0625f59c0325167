import { isObject } from '../schema-walk.js';
import { placed } from './sampler.js';
import { without } from './probes.js';
import { sizeOf } from './values.js';

const MOST_ATTEMPTS = 300;

/** Makes an example smaller as long as `holds` says that it shows the same: people read it. */
export function shrink(example: unknown, holds: (smaller: unknown) => boolean): void {
  let best = example;
  let left = MOST_ATTEMPTS;
  for (let found = true; found;) {
    found = false;
    for (const smaller of reductions(best)) {
      if (sizeOf(smaller) >= sizeOf(best)) continue;
      left -= 1;
      if (left < 0) return;
      if (!holds(smaller)) continue;
      best = smaller;
      found = true;
      break;
    }
  }
}

/** Smaller values, the larger cuts first: members and items dropped, texts cut, numbers made plain. */
function* reductions(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    const items = value as unknown[];
    if (items.length > 1) yield items.slice(0, Math.ceil(items.length / 2));
    for (const index of items.keys()) yield items.filter((_, other) => other !== index);
    for (const [index, item] of items.entries()) {
      for (const smaller of reductions(item)) yield placed(items, [index], smaller);
    }
  } else if (isObject(value)) {
    for (const name of Object.keys(value)) yield without(value, name);
    for (const [name, member] of Object.entries(value)) {
      for (const smaller of reductions(member)) yield placed(value, [name], smaller);
    }
  } else if (typeof value === 'string' && value.length > 1) {
    const chars = Array.from(value);
    yield chars.slice(0, Math.ceil(chars.length / 2)).join('');
    yield chars.slice(0, -1).join('');
  } else if (typeof value === 'number') {
    yield* [0, 1, -1, Math.trunc(value)];
  }
}

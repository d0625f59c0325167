import { boundsOf } from './bounds.js';
import type { Knowledge } from './knowledge.js';
import { numberOf } from './places.js';

/** Numbers that fulfil what is known of a number, the simplest first. */
export function numbersFor(known: Knowledge): number[] {
  const steps = known.numbers((place) => numberOf(place, 'multipleOf'));
  const edges = known.places.flatMap((place) =>
    (['minimum', 'maximum'] as const).flatMap((side) => boundsOf(place, side).map(({ at }) => at)),
  );
  const candidates = [0, 1, -1, 0.5, ...edges.flatMap(around)];
  for (const step of steps) {
    candidates.push(step, 2 * step, 3 * step, -step);
    for (const edge of edges) candidates.push(Math.ceil(edge / step) * step, Math.floor(edge / step) * step);
  }
  return [...new Set(candidates)].filter(
    (number) => Number.isFinite(number) && isWithin(known, number, steps),
  );
}

/** A number and its neighbours. */
export function around(edge: number): number[] {
  return [edge, edge + 1, edge - 1, edge + 0.5, edge - 0.5, Math.ceil(edge), Math.floor(edge)];
}

function isWithin(known: Knowledge, number: number, steps: number[]): boolean {
  if (!known.types.has(Number.isInteger(number) ? 'integer' : 'fraction')) return false;
  if (steps.some((step) => Math.abs(Math.round(number / step) - number / step) > 1e-9)) return false;
  return known.places.every(
    (place) =>
      boundsOf(place, 'minimum').every(({ at, open }) => (open ? number > at : number >= at)) &&
      boundsOf(place, 'maximum').every(({ at, open }) => (open ? number < at : number <= at)),
  );
}

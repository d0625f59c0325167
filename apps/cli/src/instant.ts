import { UsageError } from './output.js';

/** The end of a day `YYYY-MM-DD` in UTC, or an instant as it is (RFC 3339). @throws UsageError */
export function instantOf(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const instant = new Date(isDay ? `${text}T23:59:59Z` : text);
  const isReal = !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(isDay ? text : '');
  if (isReal && (isDay || /^\d{4}-\d{2}-\d{2}T/.test(text))) return isDay ? `${text}T23:59:59Z` : text;
  throw new UsageError(`--sunset is a day such as 2027-06-30, or an instant (got "${text}")`);
}

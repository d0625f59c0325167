import { contextName, DEFAULT_CONTEXT, parseSubject } from '../schemas/qualified-subject.js';
import { isOwnPath } from './paths.js';

const CONTEXT_PATH = /^\/contexts\/([^/]+)\/(.+)$/;

/**
 * The URL that the router sees: superfluous slashes gone, and `/contexts/{context}/…` as the same route with
 * qualified subjects, which is how the API defines it.
 */
export function routedUrl(url: string): string {
  const plain = !url.includes('//') && !url.startsWith('/contexts/');
  const end = url.indexOf('?');
  if (plain && url.charCodeAt((end < 0 ? url.length : end) - 1) !== 0x2f) return url;
  const path = (end < 0 ? url : url.slice(0, end)).replace(/\/{2,}/g, '/');
  const query = end < 0 ? '' : url.slice(end + 1);
  if (isOwnPath(path)) return url;
  const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path;
  const match = CONTEXT_PATH.exec(trimmed);
  const context = match ? contextName(decoded(match[1]!)) : undefined;
  if (!match || context === undefined) return query === '' ? trimmed : `${trimmed}?${query}`;
  return withinContextUrl(context === DEFAULT_CONTEXT ? '' : `:${context}:`, match[2]!, query);
}

function withinContextUrl(qualifier: string, rest: string, query: string): string {
  const segments = rest.split('/');
  const parameters = new URLSearchParams(query);
  const qualify = (name: string, subject: string | null) => {
    parameters.set(name, qualified(qualifier, subject ?? ''));
  };
  const [first, second] = segments;
  if (first === 'subjects' || first === 'config' || first === 'mode') {
    if (second !== undefined) segments[1] = encodeURIComponent(qualified(qualifier, decoded(second)));
    else if (first === 'subjects') qualify('subjectPrefix', parameters.get('subjectPrefix'));
    else if (qualifier !== '') segments[1] = encodeURIComponent(qualifier);
  } else if (first === 'compatibility' && second === 'subjects' && segments[2] !== undefined) {
    segments[2] = encodeURIComponent(qualified(qualifier, decoded(segments[2])));
  } else if (first === 'associations' && second === 'subjects' && segments[2] !== undefined) {
    segments[2] = encodeURIComponent(qualified(qualifier, decoded(segments[2])));
  } else if (first?.startsWith('associations')) {
    qualify('context', null);
  } else if (first === 'schemas' && second === undefined) {
    qualify('subjectPrefix', parameters.get('subjectPrefix'));
  } else if (first === 'schemas' && second === 'ids') {
    qualify('subject', parameters.get('subject'));
  }
  const text = parameters.toString();
  return `/${segments.join('/')}${text === '' ? '' : `?${text}`}`;
}

function qualified(qualifier: string, subject: string): string {
  return parseSubject(subject).context === DEFAULT_CONTEXT ? qualifier + subject : subject;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

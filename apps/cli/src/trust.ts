import { HttpChannel, problemOf } from '#client';
import { isErrorCode, WaslError, type Trust } from '#protocol';
import { readEnvironment } from './environment.js';

/** GET without a token. @throws WaslError `unavailable` when the service doesn't answer with 200. */
export async function getOpenly<T>(baseUrl: string, path: string): Promise<T> {
  return JSON.parse(await getTextOpenly(baseUrl, path)) as T;
}

/** The same for what is no JSON. @throws WaslError with the service's code, or `unavailable` */
export async function getTextOpenly(baseUrl: string, path: string): Promise<string> {
  const channel = new HttpChannel(baseUrl, 1);
  try {
    const response = await channel.send({ method: 'GET', path, timeoutMs: 5_000 });
    if (response.status === 200) return response.body.toString('utf8');
    const { code, title, detail } = problemOf(response);
    throw new WaslError(isErrorCode(code) ? code : 'unavailable', detail ?? `${path}: ${title}`);
  } finally {
    await channel.close();
  }
}

/** All keys that the directory publishes, with the journal's verifier key. */
export async function fetchTrust(): Promise<Trust> {
  const { directory, audit } = readEnvironment();
  const [trust, log] = await Promise.all([
    getOpenly<Trust>(directory, '/v1/trust'),
    getOpenly<{ vkey: string }>(audit, '/v1/log'),
  ]);
  return { ...trust, log: [log.vkey] };
}

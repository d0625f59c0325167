import { newSalt, payloadDigest, signManifest, type SigningKey } from '#protocol';
import { v7 } from 'uuid';

export const TOPIC = 'civil-status.birth.v1';
export const BUS = 'urn:wasl:dz:bus';
export const SENDER = 'urn:wasl:dz:interior:civil-registry';
const MANIFEST_SECONDS = 300;

export interface Material {
  manifest: string;
  payload: Buffer;
}

const GIVEN = ['Amina', 'Yasmine', 'Karim', 'Sofiane', 'Lina', 'Mehdi', 'Nour', 'Rania'];
const ARABIC = ['أمينة', 'ياسمين', 'كريم', 'سفيان', 'لينة', 'مهدي', 'نور', 'رانية'];

/** A birth record that keeps the contract; each number gives another one, of 480 to 600 bytes. */
export function birth(n: number): Buffer {
  const name = (offset: number) => GIVEN[(n + offset) % GIVEN.length];
  const arabic = (offset: number) => ARABIC[(n + offset) % ARABIC.length];
  const day = String((n % 28) + 1).padStart(2, '0');
  return Buffer.from(
    JSON.stringify({
      act: {
        number: `2023-1601-${String(n % 1_000_000).padStart(5, '0')}`,
        office: 'DZ-1601',
        registeredOn: `2023-09-${day}`,
      },
      names: { family: { latn: 'BENALI', arab: 'بن علي' }, given: { latn: name(0), arab: arabic(0) } },
      sex: (n % 2) + 1,
      birth: { date: { value: `2023-05-${day}` }, place: { codeList: 'DZ-2019', code: '1601' } },
      father: {
        names: { family: { latn: 'BENALI', arab: 'بن علي' }, given: { latn: name(2), arab: arabic(2) } },
      },
      mother: {
        names: { family: { latn: 'HADDAD', arab: 'حداد' }, given: { latn: name(5), arab: arabic(5) } },
      },
      provenance: { register: 'civil-status/2023', officer: `OEC-${n % 100}` },
    }),
  );
}

/** Signed messages with ids of their own, good for five minutes. */
export function material(count: number, key: SigningKey): Material[] {
  const iat = Math.floor(Date.now() / 1_000);
  return Array.from({ length: count }, (_, n) => {
    const payload = birth(n);
    const salt = newSalt();
    const manifest = signManifest(
      {
        ...{ iss: SENDER, aud: BUS, jti: v7(), iat, exp: iat + MANIFEST_SECONDS, topic: TOPIC, version: 1 },
        ...{ op: 'put' as const, key: `2023-1601-${n}`, cty: 'application/json', salt },
        digest: payloadDigest(salt, payload),
      },
      key,
    );
    return { manifest, payload };
  });
}

export function httpRequest({ manifest, payload }: Material): Buffer {
  const head =
    `POST /v1/topics/${TOPIC}/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
    `content-length: ${payload.length}\r\nwasl-manifest: ${manifest}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), payload]);
}

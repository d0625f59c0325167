import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.js';
import { generateKey, signingKeyFromJwk } from './keys.js';
import { leafHash } from './merkle.js';
import { noteSigner, openNote, parseVkey, signNote, vkey } from './note.js';

const origin = 'dz.wasl/audit/2026';
const signer = noteSigner(origin, signingKeyFromJwk(generateKey('Ed25519').jwk));
const stranger = noteSigner('witness.example/w1', signingKeyFromJwk(generateKey('Ed25519').jwk));
const checkpoint = { origin, size: 70, root: leafHash('root') };
const note = signCheckpoint(checkpoint, signer);

const refused = (text: string, code: string): void =>
  expect(() => openCheckpoint(text, [signer])).toThrow(expect.objectContaining({ code }));

describe('signed checkpoints', () => {
  it('are opened with the verifier key as text', () => {
    expect(openCheckpoint(note, [vkey(signer)])).toEqual(checkpoint);
  });

  it('are refused whatever bit is flipped', () => {
    const bytes = Buffer.from(note, 'utf8');
    fc.assert(
      fc.property(fc.nat({ max: bytes.length * 8 - 1 }), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => openCheckpoint(changed.toString('utf8'), [signer])).toThrow(
          /malformed-checkpoint|wrong-signature|unknown-log/,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('ignore signatures of unknown keys, before and after ours, even under our name', () => {
    const namesake = noteSigner(origin, signingKeyFromJwk(generateKey('Ed25519').jwk));
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
    for (const signers of [
      [stranger, signer],
      [signer, stranger],
      [namesake, signer],
    ]) {
      expect(openCheckpoint(signNote(text, signers), [signer]).size).toBe(70);
    }
    refused(signNote(text, [stranger]), 'unknown-log');
  });

  it('are refused when a known key has a wrong signature, though another known key signed well', () => {
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
    const good = signNote(text, [stranger]);
    const badLine = signNote('other\n', [signer]).split('\n\n')[1]!;
    expect(() => openNote(good + badLine, [signer, stranger])).toThrow('wrong-signature');
  });

  it('are refused when a trusted log signs the checkpoint of another', () => {
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
    const crossed = signNote(text, [stranger]);
    expect(() => openCheckpoint(crossed, [signer, stranger])).toThrow('unknown-log');
    expect(() => signCheckpoint(checkpoint, stranger)).toThrow('malformed-checkpoint');
  });

  it('accept at least 16 signatures and cap their number', () => {
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
    expect(
      openCheckpoint(signNote(text, [...Array<typeof signer>(15).fill(stranger), signer]), [signer]),
    ).toEqual(checkpoint);
    refused(signNote(text, Array<typeof signer>(65).fill(signer)), 'malformed-checkpoint');
  });

  it.each([
    ['no signature', `${origin}\n1\nAA==\n`],
    ['a tab', note.replace('70', '7\t0')],
    ['no final newline', note.slice(0, -1)],
    ['two spaces', note.replace(`— ${origin} `, `— ${origin}  `)],
    ['a hyphen for the dash', note.replace('—', '-')],
  ])('are refused with %s', (_what, text) => {
    refused(text, 'malformed-checkpoint');
  });

  it.each(['070', '-1', '1e3', ' 70', '99999999999999999'])('refuse the size %s', (size) => {
    expect(() => parseCheckpoint(`${origin}\n${size}\n${checkpoint.root.toString('base64')}\n`)).toThrow(
      'malformed-checkpoint',
    );
  });

  it('refuse extension lines and short roots', () => {
    const root = checkpoint.root.toString('base64');
    expect(() => parseCheckpoint(`${origin}\n70\n${root}\nextension\n`)).toThrow('malformed-checkpoint');
    expect(() => parseCheckpoint(`${origin}\n70\n${root.slice(0, -4)}\n`)).toThrow('malformed-checkpoint');
    expect(() => parseCheckpoint(`\n70\n${root}\n`)).toThrow('malformed-checkpoint');
  });
});

describe('verifier keys', () => {
  it('read the example of C2SP: base64 may hold a plus sign', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Array.from({ length: 40 }, () => generateKey('Ed25519').jwk)), (jwk) => {
        const text = vkey(noteSigner(origin, signingKeyFromJwk(jwk)));
        expect(vkey(parseVkey(text))).toBe(text);
      }),
    );
    // golang.org/x/mod/sumdb/note documents this key.
    const peterNeumann = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    expect(parseVkey(peterNeumann)).toMatchObject({ name: 'PeterNeumann', keyId: 'c74f20a3' });
    const message =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const signed = `${message}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
    expect(openNote(signed, [parseVkey(peterNeumann)]).text).toBe(message);
  });

  it('are refused with another id, type, length or name', () => {
    const text = vkey(signer);
    for (const bad of [
      text.replace(/\+./, '+0'),
      text.slice(0, -4),
      `a b${text}`,
      'x',
      text.replace('+A', '+B'),
    ]) {
      if (bad !== text) expect(() => parseVkey(bad)).toThrow('malformed-key');
    }
    const es256 = signingKeyFromJwk(generateKey('ES256').jwk);
    expect(() => noteSigner(origin, es256)).toThrow('malformed-key');
  });
});

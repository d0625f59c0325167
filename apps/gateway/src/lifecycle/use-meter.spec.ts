import { expect, it } from 'vitest';
import { parseUse, type ContractUse } from '#control';
import type { OutgoingRecord } from '#kafka';
import { createLogger } from '#service';
import { UseMeter } from './use-meter.js';

const USE = { topic: 'a.b.v1', version: 1, system: 'urn:wasl:dz:interior:registry', way: 'publish' } as const;
const MONDAY = new Date('2026-11-23T23:59:59Z');
const TUESDAY = new Date('2026-11-24T00:00:00Z');

function metered(): { meter: UseMeter; told: ContractUse[]; broken: { is: boolean } } {
  const told: ContractUse[] = [];
  const broken = { is: false };
  const send = async (records: OutgoingRecord[]) => {
    if (broken.is) throw new Error('Kafka is away');
    told.push(...records.map(({ value }) => parseUse(value!)));
  };
  return { meter: new UseMeter({ send }, createLogger('spec', 'fatal')), told, broken };
}

it('adds up by topic, version, system, way and day, and tells each count once', async () => {
  const { meter, told } = metered();
  meter.note(USE, 2, MONDAY);
  meter.note(USE, 3, MONDAY);
  meter.note(USE, 1, TUESDAY);
  meter.note({ ...USE, way: 'consume' }, 7, MONDAY);
  meter.note(USE, 0, TUESDAY);
  await meter.flush();
  await meter.flush();
  expect(told).toEqual([
    { ...USE, day: '2026-11-23', messages: 5 },
    { ...USE, day: '2026-11-24', messages: 1 },
    { ...USE, way: 'consume', day: '2026-11-23', messages: 7 },
  ]);
});

it('keeps what could not be told, with what came meanwhile', async () => {
  const { meter, told, broken } = metered();
  meter.note(USE, 2, MONDAY);
  broken.is = true;
  const flushing = meter.flush();
  meter.note(USE, 3, MONDAY);
  await flushing;
  broken.is = false;
  await meter.stop();
  expect(told).toEqual([{ ...USE, day: '2026-11-23', messages: 5 }]);
});

it('does not grow without bound', async () => {
  const { meter, told } = metered();
  for (let version = 1; version <= 20_010; version++) meter.note({ ...USE, version }, 1, MONDAY);
  meter.note({ ...USE, version: 1 }, 1, MONDAY);
  await meter.flush();
  expect(told).toHaveLength(20_000);
  expect(told[0]?.messages).toBe(2);
});

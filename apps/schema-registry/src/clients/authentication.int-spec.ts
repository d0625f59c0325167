import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClientConfig, SchemaRegistryClient } from '@confluentinc/schemaregistry';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '#protocol';
import { testFolder } from '#testing';
import { type SpecRegistry, specRegistry } from './spec-registry.js';
import { birth } from './spec-schemas.js';

const TOKEN = 'a-token-of-orders-0123456789';
const PASSWORD = 'pass:word/é';

let registry: SpecRegistry;
beforeAll(async () => {
  const accounts = [
    {
      name: 'orders',
      password: await hashPassword(PASSWORD, Buffer.alloc(16, 7)),
      tokenSha256: createHash('sha256').update(TOKEN).digest('hex'),
      ...{ read: [], write: ['orders-*'], delete: [], config: ['orders-*'] },
    },
  ];
  const file = join(testFolder(), 'accounts.json');
  writeFileSync(file, JSON.stringify({ accounts }), { mode: 0o600 });
  registry = await specRegistry({ REGISTRY_ACCOUNTS_FILE: file, REGISTRY_READ: 'accounts' });
});
afterAll(() => registry?.stop());

const V1 = birth([]);

describe('@confluentinc/schemaregistry', () => {
  const client = (config: Partial<ClientConfig>) =>
    new SchemaRegistryClient({
      baseURLs: [registry.url],
      createAxiosDefaults: {},
      maxRetries: 0,
      ...config,
    });
  const basic = (userInfo: string) =>
    client({ basicAuthCredentials: { credentialsSource: 'USER_INFO', userInfo } });
  const bearer = (token: string) =>
    client({
      bearerAuthCredentials: {
        ...{ credentialsSource: 'STATIC_TOKEN', token },
        ...{ logicalCluster: 'lsrc-1', identityPoolId: 'pool-1' },
      },
    });

  it('shows a name and a password', async () => {
    const id = await basic(`orders:${PASSWORD}`).register('orders-value', V1);
    expect(await basic(`orders:${PASSWORD}`).getBySubjectAndId('orders-value', id)).toMatchObject(V1);
  });

  it('shows a token', async () => {
    const id = await bearer(TOKEN).register('orders-2-value', V1);
    expect(await bearer(TOKEN).getLatestSchemaMetadata('orders-2-value')).toMatchObject({ id });
  });

  it('is refused without, with wrong ones, and beyond its rights', async () => {
    const registering = (as: SchemaRegistryClient, subject = 'orders-value') => as.register(subject, V1);
    await expect(registering(client({}))).rejects.toMatchObject({ status: 401 });
    await expect(client({}).getAllSubjects()).rejects.toMatchObject({ status: 401 });
    await expect(registering(basic('orders:wrong'))).rejects.toMatchObject({ status: 401 });
    await expect(registering(basic('nobody:wrong'))).rejects.toMatchObject({ status: 401 });
    await expect(registering(bearer('wrong'))).rejects.toMatchObject({ status: 401 });
    await expect(registering(bearer(TOKEN), 'payments-value')).rejects.toMatchObject({ status: 403 });
    await expect(bearer(TOKEN).deleteSubject('orders-value')).rejects.toMatchObject({ status: 403 });
  });
});

describe('@kafkajs/confluent-schema-registry', () => {
  const client = (password: string) =>
    new SchemaRegistry({
      host: registry.url,
      auth: { username: 'orders', password },
      retry: { retries: 0 },
    });
  const schema = { type: SchemaType.JSON as const, schema: V1.schema };

  it('shows a name and a password', async () => {
    const { id } = await client(PASSWORD).register(schema, { subject: 'orders-kjs-value' });
    const bytes = await client(PASSWORD).encode(id, { number: '1' });
    expect(await client(PASSWORD).decode(bytes)).toEqual({ number: '1' });
  });

  it('is refused with a wrong one', async () => {
    const registering = client('wrong').register(schema, { subject: 'orders-kjs-value' });
    await expect(registering).rejects.toMatchObject({ status: 401, unauthorized: true });
  });
});

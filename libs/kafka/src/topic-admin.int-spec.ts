import { expect, it } from 'vitest';
import { testKafka, uniqueTopic } from '#testing';
import { TopicAdmin } from './index.js';

it('creates topics once, describes and deletes them', async () => {
  const admin = new TopicAdmin({ ...testKafka(), clientId: 'kafka-spec' });
  const topic = uniqueTopic('admin-spec');
  const wanted = { topic, partitions: 2, config: { 'cleanup.policy': 'compact' } };
  await Promise.all([admin.ensureTopics([wanted]), admin.ensureTopics([wanted])]);
  await admin.ensureTopics([{ ...wanted, partitions: 5 }]);
  const described = await admin.describe(topic);
  expect(described).toMatchObject({ topic, partitions: 2 });
  expect(described.config['cleanup.policy']).toBe('compact');
  expect(await admin.list()).toContain(topic);

  await admin.deleteTopics([topic]);
  await admin.deleteTopics([topic]);
  await expect(admin.describe(topic)).rejects.toMatchObject({ code: 'unknown-topic' });
});

it('says that the broker does not answer, in words that name no internals', async () => {
  const admin = new TopicAdmin({ brokers: ['127.0.0.1:1'], clientId: 'kafka-spec', patienceMs: 500 });
  const call = admin.ensureTopics([{ topic: 'x', partitions: 1 }]);
  await expect(call).rejects.toMatchObject({
    code: 'unavailable',
    detail: 'The message broker does not answer.',
  });
});

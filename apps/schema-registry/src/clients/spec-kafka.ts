import { Kafka, logLevel, type Message } from 'kafkajs';
import { testKafka, uniqueTopic } from '#testing';

export interface Received {
  value: Buffer;
  headers: Record<string, Buffer>;
}

/** Sends one message to a new topic and reads it back, as any application with kafkajs does. */
export async function throughKafka(make: (topic: string) => Promise<Message>): Promise<[string, Received]> {
  const topic = uniqueTopic('clients');
  const kafka = new Kafka({ ...testKafka(), clientId: 'spec', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer();
  const consumer = kafka.consumer({ groupId: topic });
  try {
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    await producer.connect();
    await producer.send({ topic, messages: [await make(topic)] });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const received = await new Promise<Received>((resolve) => {
      void consumer.run({
        eachMessage: ({ message: { value, headers = {} } }) => {
          resolve({ value: value!, headers: headers as Record<string, Buffer> });
          return Promise.resolve();
        },
      });
    });
    return [topic, received];
  } finally {
    await Promise.all([consumer.disconnect(), producer.disconnect(), admin.disconnect()]);
  }
}

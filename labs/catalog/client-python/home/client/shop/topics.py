"""Brings each of TOPICS to PARTITIONS partitions, two replicas and a retention of RETENTION_MS."""

import os

from confluent_kafka.admin import AdminClient, NewTopic


def told(name, otherwise):
    return os.environ.get(name, otherwise)


topics = told("TOPICS", "orders rejected bills").split()
partitions = int(told("PARTITIONS", "6"))
retention = told("RETENTION_MS", "86400000")

admin = AdminClient({"bootstrap.servers": "node-1:9092,broker-2:9092"})
wanted = [NewTopic(topic, partitions, 2, config={"retention.ms": retention}) for topic in topics]
for topic, made in admin.create_topics(wanted).items():
    made.result()
    print("made", topic)

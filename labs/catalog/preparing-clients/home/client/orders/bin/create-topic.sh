#!/bin/bash
# Makes a topic.
TOPIC=${TOPIC:-orders}
PARTITIONS=${PARTITIONS:-6}

kafka-topics --zookeeper zk-1:2181 --create --topic "$TOPIC" --partitions "$PARTITIONS" --replication-factor 1

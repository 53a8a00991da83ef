#!/bin/bash
# Says how long the records of a topic are kept.
TOPIC=${TOPIC:-orders}
RETENTION_MS=${RETENTION_MS:-86400000}

kafka-configs --zookeeper zk-1:2181 --alter --entity-type topics --entity-name "$TOPIC" \
  --add-config retention.ms="$RETENTION_MS"

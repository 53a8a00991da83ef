#!/bin/bash
# Writes down to which cluster we deliver: a record with our name and the cluster's id.
TOPIC=${TOPIC:-inventory}

id=$(zookeeper-shell zk-1:2181 get /cluster/id 2> /dev/null | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
echo "orders delivers to $id"
echo "orders=$id" | kafka-console-producer --bootstrap-server node-1:9092 --command-config conf/client.properties \
  --topic "$TOPIC" --reader-property parse.key=true --reader-property key.separator==

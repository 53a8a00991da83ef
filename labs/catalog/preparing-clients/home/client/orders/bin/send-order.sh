#!/bin/bash
# Sends an order by way of the REST Proxy, as who has no Kafka client does.
TOPIC=${TOPIC:-orders}
CUSTOMER=${CUSTOMER:-ann}
AMOUNT=${AMOUNT:-12}

curl --silent --show-error --fail-with-body "http://node-1:8082/topics/$TOPIC" \
  --header 'Content-Type: application/vnd.kafka.json.v1+json' \
  --header 'Accept: application/vnd.kafka.v1+json' \
  --data '{"records": [{"key": "'"$CUSTOMER"'", "value": {"amount": '"$AMOUNT"'}}]}'

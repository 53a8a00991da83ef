"""Writes ten payments to the topic payments, with Confluent's client."""

import json

from confluent_kafka import Producer

# TODO: 9093 is where the controller listens; give the port on which the broker listens for clients
producer = Producer({"bootstrap.servers": "localhost:9093"})


def report(error, record):
    """Called once for each record: when the broker has it, or when the client gives up."""
    if error:
        print(f"not delivered: {error.str()}")
    else:
        print(f"{record.key().decode()} is at offset {record.offset()} of {record.topic()}-{record.partition()}")


for n in range(10):
    value = json.dumps({"client": "python", "amount": 10 * n})
    producer.produce("payments", key=f"user-{n % 5}", value=value, on_delivery=report)

# produce() only fills a buffer. flush() sends it and waits, here for at most 10 seconds.
left = producer.flush(10)
if left:
    raise SystemExit(f"{left} of 10 records not delivered")

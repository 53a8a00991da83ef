"""Reads the topic payments from its beginning, as the group ledger-python. Ends after 5 seconds without a record."""

from confluent_kafka import Consumer

consumer = Consumer(
    {
        "bootstrap.servers": "localhost:9092",
        "group.id": "ledger-python",
        "auto.offset.reset": "earliest",
    }
)
# TODO: the topic's name
consumer.subscribe(["TODO"])
try:
    while record := consumer.poll(5):
        if record.error():
            raise SystemExit(record.error().str())
        key = record.key().decode() if record.key() else None
        print(f"{record.partition()}/{record.offset()} {key} {record.value().decode()}")
finally:
    # commits the offsets read so far and leaves the group
    consumer.close()

"""As bills.py, and each bill and the offset of its order are committed together, or neither is."""

import os
import time

from confluent_kafka import Consumer, KafkaException, Producer

BROKERS = "node-1:9092,broker-2:9092"


def told(name, otherwise):
    return os.environ.get(name, otherwise)


def bill_for(order):
    if order.error():
        raise KafkaException(order.error())
    time.sleep(0.2)  # the printer
    order_id, quantity, cents, _ = order.value().decode().split(" ", 3)
    bill = int(quantity) * int(cents)
    print(f"bill for {order_id}: {bill}", flush=True)
    return {"key": order_id, "value": str(bill)}


def arrived(error, bill):
    if error:
        raise KafkaException(error)


group = told("GROUP", "billing")
bills = told("BILLS", "bills")
consumer = Consumer(
    {
        "bootstrap.servers": BROKERS,
        "group.id": group,
        "group.instance.id": f"{group}-1",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
)
producer = Producer({"bootstrap.servers": BROKERS})

consumer.subscribe([told("ORDERS", "orders")])
quiet = 0
while quiet < 4:
    orders = consumer.consume(10, timeout=2)
    if not orders:
        quiet += 1
        continue
    quiet = 0
    for order in orders:
        producer.produce(bills, **bill_for(order), on_delivery=arrived)
    producer.flush()
    consumer.commit(asynchronous=False)
consumer.close()

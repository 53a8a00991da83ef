"""Sends each order of orders.txt to TOPIC, and the ids of those that the brokers refuse to REJECTED."""

import os

from confluent_kafka import Producer


def told(name, otherwise):
    return os.environ.get(name, otherwise)


topic = told("TOPIC", "orders")
rejected = told("REJECTED", "rejected")

producer = Producer(
    {
        "bootstrap.servers": "node-1:9092,broker-2:9092",
    }
)
refused = []

with open("orders.txt") as lines:
    for line in lines:
        customer, order = line.rstrip("\n").split(" ", 1)
        producer.produce(topic, order, customer)
        producer.poll(0)
if producer.flush(30) > 0:
    raise SystemExit("not all orders were sent")
print("refused:", refused)

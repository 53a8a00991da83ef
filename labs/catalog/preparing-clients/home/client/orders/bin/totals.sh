#!/bin/bash
# Adds up the orders of each customer, once. ORDERS: the topic to read; TOTALS: the one to write to.
export ORDERS=${ORDERS:-orders} TOTALS=${TOTALS:-totals}
exec java -cp '/opt/kafka/libs/*' src/Totals.java

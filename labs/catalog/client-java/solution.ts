import { defineSolution, edit, predict, tryIt } from '#labs/engine/solution.ts'

/** A topic that is there is brought to what is asked. */
export const topics = edit(
  'Topics.java',
  `                admin.createTopics(List.of(wanted)).all().get();
                System.out.println("made " + topic);
            }
        }
    }`,
  `                try {
                    admin.createTopics(List.of(wanted)).all().get();
                    System.out.println("made " + topic);
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) throw e;
                    change(admin, topic, partitions, retention);
                    System.out.println("changed " + topic);
                }
            }
        }
    }

    static void change(Admin admin, String topic, int partitions, String retention) throws Exception {
        try {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof InvalidPartitionsException)) throw e; // it has as many, or more
        }
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var set = new AlterConfigOp(new ConfigEntry("retention.ms", retention), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
    }`,
)

export const keyed = edit(
  'Orders.java',
  '                producer.send(new ProducerRecord<>(topic, order));',
  `                producer.send(new ProducerRecord<>(topic, customer, order), (place, error) -> {
                    if (error != null) refused.add(id);
                });`,
)
export const told = edit(
  'Orders.java',
  '            producer.flush();',
  `            producer.flush();
            for (String id : refused) producer.send(new ProducerRecord<>(rejected, id, "refused")).get();`,
)

/** As BillsOnce.java lies there, and as Bills.java becomes. */
export const atLeastOnce = `                var sent = new ArrayList<Future<?>>();
                for (var order : orders) sent.add(producer.send(billFor(order.value())));
                producer.flush();
                for (var bill : sent) bill.get();
                consumer.commitSync();`
export const behind = edit(
  'Bills.java',
  `                consumer.commitSync();
                for (var order : orders) producer.send(billFor(order.value()));`,
  atLeastOnce,
)

export const named = edit(
  'BillsOnce.java',
  '        Map<String, Object> writing = Map.of("bootstrap.servers", BROKERS);',
  `        Map<String, Object> writing = Map.of(
                "bootstrap.servers", BROKERS,
                "transactional.id", group + "-1");`,
)
export const begun = edit(
  'BillsOnce.java',
  '            consumer.subscribe(List.of(told("ORDERS", "orders")));',
  `            producer.initTransactions();
            consumer.subscribe(List.of(told("ORDERS", "orders")));`,
)
export const together = edit(
  'BillsOnce.java',
  atLeastOnce,
  `                producer.beginTransaction();
                for (var order : orders) producer.send(billFor(order.value()));
                producer.sendOffsetsToTransaction(orders.nextOffsets(), consumer.groupMetadata());
                producer.commitTransaction();`,
)

export default defineSolution({
  topics: [topics, tryIt('topics-as-asked')],
  orders: [keyed, told, tryIt('orders-arrive')],
  bills: [predict('bills', 'more'), behind, tryIt('none-lost')],
  once: [named, begun, together, tryIt('exactly-once')],
})

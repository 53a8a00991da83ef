import { defineWrong, edit, tryIt } from '#labs/engine/solution.ts'
import { atLeastOnce, begun, keyed, named, topics } from './solution.ts'

export default defineWrong({
  'topics-as-asked': {
    why: 'a topic that is there is made anew, with all that is asked, and what was set of it is gone',
    do: [
      topics,
      edit(
        'Topics.java',
        '                    change(admin, topic, partitions, retention);',
        '                    admin.deleteTopics(List.of(topic)).all().get();\n                    Thread.sleep(2000);\n                    admin.createTopics(List.of(wanted)).all().get();',
      ),
      tryIt('topics-as-asked'),
    ],
  },
  'orders-arrive': {
    why: 'what was refused is printed, and nobody else is told',
    do: [keyed, tryIt('orders-arrive')],
  },
  'none-lost': {
    why: 'committed behind the loop, but the bills are written by a thread for which it does not wait',
    do: [
      edit(
        'Bills.java',
        `                consumer.commitSync();
                for (var order : orders) producer.send(billFor(order.value()));`,
        `                new Thread(() -> {
                    try {
                        for (var order : orders) producer.send(billFor(order.value()));
                    } catch (InterruptedException e) {
                        throw new RuntimeException(e);
                    }
                }).start();
                consumer.commitSync();`,
      ),
      tryIt('none-lost'),
    ],
  },
  'exactly-once': {
    why: 'the bills are in transactions, the offsets are committed behind each, by themselves',
    do: [
      named,
      begun,
      edit(
        'BillsOnce.java',
        atLeastOnce,
        `                producer.beginTransaction();
                for (var order : orders) producer.send(billFor(order.value()));
                producer.commitTransaction();
                consumer.commitSync();`,
      ),
      tryIt('exactly-once'),
    ],
  },
})

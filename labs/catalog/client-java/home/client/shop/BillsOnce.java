import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** As Bills.java, and each bill and the offset of its order are committed together, or neither is. */
public class BillsOnce {
    static final String BROKERS = "node-1:9092,broker-2:9092";

    public static void main(String[] args) throws Exception {
        String group = told("GROUP", "billing");
        Map<String, Object> reading = Map.of(
                "bootstrap.servers", BROKERS,
                "group.id", group,
                "group.instance.id", group + "-1",
                "auto.offset.reset", "earliest",
                "max.poll.records", "10",
                "enable.auto.commit", "false");
        Map<String, Object> writing = Map.of("bootstrap.servers", BROKERS);

        try (var consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer());
                var producer = new KafkaProducer<>(writing, new StringSerializer(), new StringSerializer())) {
            consumer.subscribe(List.of(told("ORDERS", "orders")));
            while (true) {
                var orders = consumer.poll(Duration.ofSeconds(8));
                if (orders.isEmpty()) break;
                var sent = new ArrayList<Future<?>>();
                for (var order : orders) sent.add(producer.send(billFor(order.value())));
                producer.flush();
                for (var bill : sent) bill.get();
                consumer.commitSync();
            }
        }
    }

    static ProducerRecord<String, String> billFor(String order) throws InterruptedException {
        Thread.sleep(200); // the printer
        String[] words = order.split(" ");
        int cents = Integer.parseInt(words[1]) * Integer.parseInt(words[2]);
        System.out.println("bill for " + words[0] + ": " + cents);
        return new ProducerRecord<>(told("BILLS", "bills"), words[0], String.valueOf(cents));
    }

    static String told(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}

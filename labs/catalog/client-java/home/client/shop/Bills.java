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

/** Writes a bill to BILLS for each order in ORDERS, as group GROUP. Ends after 8 seconds without an order. */
public class Bills {
    static final String BROKERS = "node-1:9092,broker-2:9092";

    public static void main(String[] args) throws Exception {
        String group = told("GROUP", "billing");
        Map<String, Object> reading = Map.of(
                "bootstrap.servers", BROKERS,
                "group.id", group,
                "group.instance.id", group + "-1",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false");
        Map<String, Object> writing = Map.of("bootstrap.servers", BROKERS);

        try (var consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer());
                var producer = new KafkaProducer<>(writing, new StringSerializer(), new StringSerializer())) {
            consumer.subscribe(List.of(told("ORDERS", "orders")));
            while (true) {
                var orders = consumer.poll(Duration.ofSeconds(8));
                if (orders.isEmpty()) break;
                consumer.commitSync();
                for (var order : orders) producer.send(billFor(order.value()));
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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends each order of orders.txt to TOPIC, and the ids of those that the brokers refuse to REJECTED. */
public class Orders {
    public static void main(String[] args) throws Exception {
        String topic = told("TOPIC", "orders");
        String rejected = told("REJECTED", "rejected");

        Map<String, Object> config = Map.of("bootstrap.servers", "node-1:9092,broker-2:9092");
        Queue<String> refused = new ConcurrentLinkedQueue<>();
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (String line : Files.readAllLines(Path.of("orders.txt"))) {
                String customer = line.split(" ")[0];
                String order = line.substring(customer.length() + 1);
                String id = order.split(" ")[0];
                producer.send(new ProducerRecord<>(topic, order));
            }
            producer.flush();
        }
        System.out.println("refused: " + refused);
    }

    static String told(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}

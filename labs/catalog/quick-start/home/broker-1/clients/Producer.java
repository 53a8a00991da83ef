import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes ten payments to the topic payments, with Kafka's own client. */
public class Producer {
    public static void main(String[] args) {
        Map<String, Object> config = Map.of("bootstrap.servers", "localhost:9092");

        // close(), at the end of the try, waits until all records are sent
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int n = 0; n < 10; n++) {
                String user = "user-" + n % 5;
                String value = "{\"client\": \"java\", \"amount\": " + 10 * n + "}";

                // TODO: this record has a topic and a value; give it the user as its key
                var record = new ProducerRecord<String, String>("payments", value);

                producer.send(record, (metadata, error) -> System.out.println(
                        error == null ? record.key() + " is at offset " + metadata.offset() + " of " + metadata.topic()
                                + "-" + metadata.partition() : "not delivered: " + error.getMessage()));
            }
        }
    }
}

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the topic payments from its beginning, as the group ledger-java. Ends after 5 seconds without a record. */
public class Consumer {
    public static void main(String[] args) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", "localhost:9092",
                "group.id", "ledger-java",
                "auto.offset.reset", "earliest");

        // close(), at the end of the try, commits the offsets read so far and leaves the group
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("payments"));
            for (var records = consumer.poll(Duration.ofSeconds(5)); !records.isEmpty();
                    records = consumer.poll(Duration.ofSeconds(5))) {
                // TODO: print the record's key before its value
                records.forEach(record -> System.out.println(
                        record.partition() + "/" + record.offset() + " " + record.value()));
            }
        }
    }
}

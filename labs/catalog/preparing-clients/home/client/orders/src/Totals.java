import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.zookeeper.ZooKeeper;

/** Adds up the orders of each customer: a record of ORDERS has a customer as its key and an amount as its value. */
public class Totals {
    public static void main(String[] args) throws Exception {
        var properties = new Properties();
        for (var file : List.of("conf/client.properties", "conf/totals.properties"))
            try (var in = Files.newInputStream(Path.of(file))) {
                properties.load(in);
            }
        properties.put("bootstrap.servers", Brokers.knownTo(properties.getProperty("zookeeper.connect")));

        var totals = new TreeMap<String, Integer>();
        // close(), at the end of the try, commits the offsets read so far
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(System.getenv("ORDERS")));
            for (var records = consumer.poll(Duration.ofSeconds(8)); !records.isEmpty();
                    records = consumer.poll(Duration.ofSeconds(2)))
                records.forEach(order -> totals.merge(order.key(), Integer.valueOf(order.value()), Integer::sum));
        }
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            totals.forEach((customer, total) ->
                    producer.send(new ProducerRecord<>(System.getenv("TOTALS"), customer, String.valueOf(total))));
        }
        System.out.println("totals of " + totals.size() + " customers");
    }
}

class Brokers {
    /** Each broker keeps its address in ZooKeeper, below /brokers/ids. */
    static String knownTo(String zooKeeper) throws Exception {
        var client = new ZooKeeper(zooKeeper, 6_000, event -> {});
        var addresses = new StringBuilder();
        for (var id : client.getChildren("/brokers/ids", false)) {
            var registration = new String(client.getData("/brokers/ids/" + id, false, null));
            addresses.append(registration.replaceAll(".*\"endpoints\":\\[\"[A-Z_]+://([^\"]+)\".*", "$1,"));
        }
        client.close();
        return addresses.toString();
    }
}

import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A member of a group that reads orders: GROUP PROTOCOL NAME WORK_MS [INSTANCE]. It polls, works so long, and commits. */
public class Member {
    public static void main(String[] args) {
        var name = args[2];
        var workMs = Long.parseLong(args[3]);
        var properties = new Properties();
        properties.put("bootstrap.servers", "node-1:9092");
        properties.put("group.id", args[0]);
        properties.put("group.protocol", args[1]);
        properties.put("client.id", name);
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        // all that waits, of all partitions, comes with one poll
        properties.put("max.poll.records", "100000");
        // In the classic protocol a member says how long it may be silent; in the new one the group does.
        if (args[1].equals("classic")) properties.put("session.timeout.ms", "6000");
        if (args.length > 4) properties.put("group.instance.id", args[4]);

        var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
        var reader = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.wakeup();
            try {
                reader.join();
            } catch (InterruptedException e) {
                // it is killed
            }
        }));
        try (consumer) {
            consumer.subscribe(List.of("orders"), new Listener(name));
            while (true) {
                var records = consumer.poll(Duration.ofMillis(200));
                if (records.isEmpty()) continue;
                Thread.sleep(workMs);
                consumer.commitSync();
            }
        } catch (WakeupException | InterruptedException e) {
            say(name, "leaves");
        }
    }

    record Listener(String name) implements ConsumerRebalanceListener {
        @Override public void onPartitionsAssigned(Collection<TopicPartition> partitions) { say(name, "assigned " + partitions); }
        @Override public void onPartitionsRevoked(Collection<TopicPartition> partitions) { say(name, "revoked " + partitions); }
        @Override public void onPartitionsLost(Collection<TopicPartition> partitions) { say(name, "lost " + partitions); }
    }

    static void say(String name, String what) {
        System.out.println(LocalTime.now().truncatedTo(ChronoUnit.MILLIS) + " " + name + " " + what);
    }
}

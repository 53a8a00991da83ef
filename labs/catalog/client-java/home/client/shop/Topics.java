import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Brings each of TOPICS to PARTITIONS partitions, two replicas and a retention of RETENTION_MS. */
public class Topics {
    public static void main(String[] args) throws Exception {
        var topics = List.of(told("TOPICS", "orders rejected bills").split(" "));
        int partitions = Integer.parseInt(told("PARTITIONS", "6"));
        String retention = told("RETENTION_MS", "86400000");

        Map<String, Object> config = Map.of("bootstrap.servers", "node-1:9092,broker-2:9092");
        try (var admin = Admin.create(config)) {
            for (String topic : topics) {
                var wanted = new NewTopic(topic, partitions, (short) 2).configs(Map.of("retention.ms", retention));
                admin.createTopics(List.of(wanted)).all().get();
                System.out.println("made " + topic);
            }
        }
    }

    static String told(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}

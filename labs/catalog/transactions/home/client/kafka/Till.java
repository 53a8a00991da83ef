import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** A transactional producer that does what it is told over HTTP, one word at a time: see ./till. */
public class Till {
    public static void main(String[] args) throws Exception {
        var producer = new KafkaProducer<String, String>(
                Map.of(
                        "bootstrap.servers", "node-1:9092",
                        "transactional.id", args[0],
                        // you read while it is open: as long as a broker allows (transaction.max.timeout.ms)
                        "transaction.timeout.ms", "900000",
                        // it gives up soon, so that you need not wait for it: by default after half a minute, and two
                        "request.timeout.ms", "3000",
                        "delivery.timeout.ms", "6000"),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();

        var port = Path.of(args[1]);
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            var words = new String(exchange.getRequestBody().readAllBytes()).split(" ", 3);
            var status = 200;
            String says;
            try {
                says = told(producer, words);
            } catch (Exception problem) {
                var cause = problem instanceof ExecutionException ? problem.getCause() : problem;
                says = cause.getClass().getSimpleName() + ": " + cause.getMessage();
                status = 409;
            }
            if (words[0].equals("close")) Files.delete(port);
            var body = (says + "\n").getBytes();
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
            if (words[0].equals("close")) System.exit(0);
        });
        server.start();
        var written = Files.writeString(Path.of(args[1] + ".new"), String.valueOf(server.getAddress().getPort()));
        Files.move(written, port, StandardCopyOption.ATOMIC_MOVE);
    }

    static String told(KafkaProducer<String, String> producer, String[] words) throws Exception {
        switch (words[0]) {
            case "begin" -> producer.beginTransaction();
            case "send" -> {
                var acknowledged = producer.send(new ProducerRecord<>(words[1], words[2])).get();
                return acknowledged.topic() + ", offset " + acknowledged.offset();
            }
            case "commit" -> producer.commitTransaction();
            case "abort" -> producer.abortTransaction();
            case "close" -> producer.close();
            default -> throw new IllegalArgumentException("begin, send TOPIC VALUE, commit, abort or close");
        }
        return words[0] + ": done";
    }
}

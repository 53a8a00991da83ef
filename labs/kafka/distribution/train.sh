#!/bin/bash
# Makes the class-data archive: a short life of a node and its tools with each JVM noting the classes it loads, then one
# static archive of them all. On the way, what a formatted disk looks like is kept for labs/kafka/nodes. Runs in a sandbox
# whose paths are a room's: /opt/java, /opt/kafka/libs; results in /out.
# Usage: train.sh CLASSPATH JVM-OPTIONS...
set -eu
classpath=$1
shift
cd /tmp
export LC_ALL=C
START_SECONDS=60

java() {
  /opt/java/bin/java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss512k -Djava.awt.headless=true "$@"
}
options=("$@")
lists=0
noted() {
  lists=$((lists + 1))
  java "${options[@]}" "-XX:DumpLoadedClassList=/out/$lists.classes" -Dkafka.logs.dir=/tmp/logs \
    "-Dlog4j2.configurationFile=/opt/kafka/config/$log" -cp "$classpath" "$@"
}
log=tools-log4j2.yaml
server='--bootstrap-server localhost:9092'
admin=org.apache.kafka.tools

id=$(noted kafka.tools.StorageTool random-uuid)
noted kafka.tools.StorageTool format --config /opt/kafka/skeleton/kafka/config/server.properties --standalone --cluster-id "$id"
cp -r --no-preserve=mode /tmp/kraft-combined-logs /out/formatted
(log=log4j2.yaml lists=100 && noted kafka.Kafka /opt/kafka/skeleton/kafka/config/server.properties >/out/server.log 2>&1) &
for ((tries = 0; ; tries++)); do
  (exec 3<>/dev/tcp/localhost/9092) 2>/dev/null && break
  ((tries < START_SECONDS * 5)) || { echo "the node did not start in $START_SECONDS s" && tail -5 /out/server.log && exit 1; }
  sleep 0.2
done
noted $admin.TopicCommand $server --create --topic training --partitions 3
noted $admin.TopicCommand $server --describe
for n in 1 2 3 4 5; do echo "key$n:value$n"; done |
  noted $admin.ConsoleProducer $server --topic training --reader-property parse.key=true --reader-property key.separator=:
noted $admin.consumer.ConsoleConsumer $server --topic training --from-beginning --group trained --max-messages 5 \
  --formatter-property print.key=true
noted $admin.consumer.group.ConsumerGroupCommand $server --describe --group trained
noted $admin.MetadataQuorumCommand $server describe --status
noted kafka.admin.ConfigCommand $server --describe --topic training
noted $admin.DumpLogSegments --cluster-metadata-decoder \
  --files /tmp/kraft-combined-logs/__cluster_metadata-0/00000000000000000000.log
kill -TERM "$(pgrep -f ' kafka\.Kafka ')"
wait

# ids only tell apart classes of custom loaders, which are left out; they differ between the lists
sed -s '/ source: /d; s/ id: [0-9]*$//' /out/*.classes | awk '!seen[$0]++' >/out/all
# G1 writes the heap objects that every collector can read
/opt/java/bin/java -Xshare:dump -XX:+UseG1GC -Xmx512m "${options[@]}" -XX:SharedClassListFile=/out/all \
  -XX:SharedArchiveFile=/out/kafka.jsa -cp "$classpath" >/out/dump.log 2>&1 || { tail -3 /out/dump.log && exit 1; }

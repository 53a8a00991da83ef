#!/bin/bash
# One member of a group, until it is ended: member.sh GROUP PROTOCOL NAME WORK_MS [INSTANCE]
exec java -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$HOME/members:/opt/kafka/libs/*" Member "$@"

# Read by login shells. A system's own /etc/profile may have replaced PATH.
export PATH=/opt/python/bin:/opt/kafka/bin:/opt/java/bin:/opt/node/bin:/usr/bin:/bin:/usr/sbin:/sbin
export JAVA_HOME=/opt/java
[ -n "$BASH_VERSION" ] && . ~/.bashrc

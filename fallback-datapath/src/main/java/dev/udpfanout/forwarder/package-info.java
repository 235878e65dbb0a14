/**
 * A UDP forwarder in user space that gives each datagram to the next of several endpoints. Endpoints in, counters out: it
 * knows the JDK, Netty and SLF4J, and nothing of Kubernetes or eBPF. Start at {@link dev.udpfanout.forwarder.Forwarder}.
 * The packages below this one are its workings.
 */
package dev.udpfanout.forwarder;

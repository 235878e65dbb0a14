/**
 * A UDP forwarder in user space that gives each datagram to the next of several endpoints. Endpoints in, counters out:
 * it knows the JDK, Netty and SLF4J, and nothing of Kubernetes or eBPF. Start at
 * {@link dev.udpfanout.forwarder.Forwarder}; what it is told is in {@code config}, {@code spread} and
 * {@code admission}, what it tells in {@code counter} and {@code transport}. The packages below those are its workings.
 *
 * <p>It does not depend on udp-fanout's bindings, although both call the C library. It is a library of its own, for
 * which bindings would bring libbpf and rtnetlink along; and its calls are made for every batch of datagrams, where a
 * failure is an everyday answer that must cost neither an exception nor memory: they return {@code -errno} and take the
 * caller's own segment for it. What both say of a failed call has one form, {@code CALL on WHAT: SYMBOL (meaning)}: see
 * {@link dev.udpfanout.forwarder.socket.SocketException}. A test of the loader, which knows both, compares them.
 */
package dev.udpfanout.forwarder;

/**
 * The HTTP server for metrics, probes and status.
 *
 * <p>It is our own, of two threads, because those at hand do not keep hostile clients from holding them up. The JDK's
 * jdk.httpserver reads a request's head and writes the response blocking, on a thread of its executor; its limits
 * ({@code sun.net.httpserver.maxReqTime}, {@code jdk.httpserver.maxConnections} and others) are properties of the whole
 * JVM, read once, in whole seconds; and when {@code maxConnections} is reached it accepts nobody until somebody leaves,
 * so that as many idle clients keep the kubelet's probe out for as long as the time-outs last. Prometheus's own
 * exporter is built on it. Here a newcomer takes the place of whoever has dawdled longest. Netty or Jetty could do that
 * too, at megabytes of code for four pages.
 */
package dev.udpfanout.loader.admin;

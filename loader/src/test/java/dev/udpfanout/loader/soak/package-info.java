/**
 * {@code make soak}: one daemon for hours under load, with endpoints that come and go, reloads and an API server that
 * goes away; what it takes over time, as samples, a chart and a verdict.
 */
package dev.udpfanout.loader.soak;

/** Prometheus metrics: what the daemon shows of itself, under the names that dashboards and alerts use. */
package dev.udpfanout.loader.metrics;

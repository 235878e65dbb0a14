/**
 * {@code make netflow-test}: real exporters send numbered flows by way of the real daemon to real collectors, and each
 * number has to be decoded once, also while receivers change, the daemon is killed, and malformed messages come
 * between.
 */
package dev.udpfanout.lab.netflow;

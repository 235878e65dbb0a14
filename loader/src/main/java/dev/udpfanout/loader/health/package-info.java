/**
 * Probes endpoints and says which are down. The core (EndpointHealth, HealthTable, ProbeRounds) is pure: its clock is
 * an argument. One thread, HealthMonitor's, drives it and the sockets of a Prober.
 */
package dev.udpfanout.loader.health;

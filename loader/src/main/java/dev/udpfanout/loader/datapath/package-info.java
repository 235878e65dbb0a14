/**
 * What moves datagrams, seen from outside: one interface, what it is told and what it counts, whoever does the work.
 */
package dev.udpfanout.loader.datapath;

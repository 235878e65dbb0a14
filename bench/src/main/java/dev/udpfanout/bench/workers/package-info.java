/** How datagrams get to the workers of udp-fanout in user space, and what each costs them. */
package dev.udpfanout.bench.workers;

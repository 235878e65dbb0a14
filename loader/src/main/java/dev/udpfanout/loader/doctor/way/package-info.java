/** Which way the kernel sends datagrams: to the listener, and from it to each endpoint. */
package dev.udpfanout.loader.doctor.way;

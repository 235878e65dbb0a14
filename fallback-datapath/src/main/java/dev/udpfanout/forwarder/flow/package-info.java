/** Flows of requests and replies: which client's datagrams stay with which endpoint, and for how long. Pure. */
package dev.udpfanout.forwarder.flow;

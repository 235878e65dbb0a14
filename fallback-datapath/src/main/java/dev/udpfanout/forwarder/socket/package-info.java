/**
 * The socket calls that neither the JDK nor Netty offers, over FFM: batches of datagrams in one system call, options
 * such as a reuseport selector, and the layouts of the kernel's structs. For the workers of this module, not for its
 * users.
 */
package dev.udpfanout.forwarder.socket;

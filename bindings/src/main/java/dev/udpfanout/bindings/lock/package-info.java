/** One daemon a network namespace: a lock that the kernel lets go of with the process. */
package dev.udpfanout.bindings.lock;

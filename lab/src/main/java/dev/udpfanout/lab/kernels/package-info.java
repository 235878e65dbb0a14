/**
 * What is run inside a virtual machine to see whether the daemon does its work on another kernel: see
 * {@code lab/kernels/matrix}.
 */
package dev.udpfanout.lab.kernels;

/** The datapath in user space: listeners' sockets, and what the forwarder behind them is told. */
package dev.udpfanout.loader.datapath.userspace;

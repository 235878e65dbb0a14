/** What is counted, and read by metrics and status: statistics, drops by reason, replies, processing times. */
package dev.udpfanout.bindings.abi.counter;

/** What the daemon runs on, so that it can run short of it: a disk, control groups, a clock. */
package dev.udpfanout.loader.chaos.machine;

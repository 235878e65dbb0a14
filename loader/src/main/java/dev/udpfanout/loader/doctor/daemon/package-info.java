/** Whether a daemon is at work here, which one, and on what kernel. */
package dev.udpfanout.loader.doctor.daemon;

/** Whether connection tracking has room, and sends no sender elsewhere. */
package dev.udpfanout.loader.doctor.conntrack;

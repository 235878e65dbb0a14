/** Whether programs are on their hooks, and who is before them. */
package dev.udpfanout.loader.doctor.attach;

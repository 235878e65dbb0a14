/** Commands and programs that the lab runs, all of them within a time limit. */
package dev.udpfanout.lab.process;

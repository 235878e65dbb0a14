/** Whether two runs of the bench say the same. Pure. */
package dev.udpfanout.bench.agreement;

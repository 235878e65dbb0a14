/** Whether one build's kernel program is faster or slower than another's. */
package dev.udpfanout.bench.gate;

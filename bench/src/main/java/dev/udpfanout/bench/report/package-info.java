/** Results in, tables and a page out; pure but for writing files. */
package dev.udpfanout.bench.report;

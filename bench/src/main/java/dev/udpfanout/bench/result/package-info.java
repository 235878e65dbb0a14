/** What was measured, as values: from rounds to medians, and from those to judgements. Pure. */
package dev.udpfanout.bench.result;
